"""The base classes of layers that look values up in a vocabulary."""

from typing import Annotated, Any, ClassVar, Literal, Self

from annotated_types import Gt
from pydantic import Field, NonNegativeInt, model_validator

from layerctl.base.shapes import Shape, Tensor
from layerctl.catalog import ArgumentError, Says, Seed
from layerctl.catalog.layers._base import Call, Layer, Refusal, Tree
from layerctl.catalog.layers._categorical import TAKEN, check_sparse, joined, one_hot
from layerctl.catalog.layers._codes import WrongDtype

LookupMode = Literal["int", "one_hot", "multi_hot", "count", "tf_idf"]
Salt = Annotated[Seed | tuple[Seed, Seed] | None, Says("an integer of at most 64 bits, a list of two, or null")]
Several = Annotated[int, Gt(1), Says("an integer of at least 2")]
Weights = Annotated[tuple[float, ...], Says("a list of numbers")]


class Vocabulary(Layer):
    """A layer that has a vocabulary."""

    category = "preprocessing"
    own_first = True
    tensorflow_only = True
    stricter = {
        "sparse": "`sparse` is refused with `one_hot`: Keras makes such vectors only of a batch of known size.",
        "vectors of a batch": "Vectors of a whole sample are refused if a sample is a single value: Keras would take the batch "
        "for one sample.",
    }

    max_tokens: Several | None = Field(
        None,
        description="the largest number of entries, those for unknown and missing values included; null for no limit.",
    )
    vocabulary: Any = Field(description="the entries, in order; not a file name, and not left to `adapt()`.")
    idf_weights: Weights | None = Field(None, description="with `output_mode: tf_idf`, the weight of each entry.")
    output_mode: LookupMode = Field(
        "int",
        description="`int` gives the index; `one_hot` a vector for each value; `multi_hot`, `count` and `tf_idf` one for "
        "each sample: which entries occur, how often, or with which weight.",
    )
    pad_to_max_tokens: bool = Field(
        False, description="whether the vectors are `max_tokens` long even where the vocabulary is shorter."
    )
    sparse: bool = Field(False, description=TAKEN)

    @property
    def casts_inputs(self) -> bool:
        return False

    @property
    def differs_when_run(self) -> bool:
        return self.sparse

    def output_when_run(self, call: Call, output: Tree) -> Tree:
        return Tensor(output.shape, "int64", True) if self.sparse and isinstance(output, Tensor) else output

    @property
    def specials(self) -> tuple[Any, ...]:
        """The entries before the vocabulary: one for missing values, and those for unknown ones."""
        raise NotImplementedError

    @property
    def special_count(self) -> int:
        """The number of special entries. It can be far too large for `specials` to be made."""
        return len(self.specials)

    @property
    def tokens(self) -> tuple[Any, ...]:
        """The vocabulary without the special entries, if it begins with them."""
        first = self.special_count
        begins = first <= len(self.vocabulary) and self.vocabulary[:first] == self.specials
        return self.vocabulary[first:] if begins else self.vocabulary  # type: ignore[no-any-return]

    @property
    def depth(self) -> int:
        """The length of the vectors."""
        return self.max_tokens if self.pad_to_max_tokens and self.max_tokens else self.special_count + len(self.tokens)

    @model_validator(mode="after")
    def _vocabulary_is_good(self) -> Self:
        tokens = self.tokens
        if not tokens:
            raise ArgumentError("vocabulary", "`vocabulary` is empty", "list the entries")
        seen: set[Any] = set()
        repeated = next((token for token in tokens if token in seen or seen.add(token)), None)  # type: ignore[func-returns-value]
        if repeated is not None:
            raise ArgumentError("vocabulary", f"{repeated!r} is in `vocabulary` more than once", "list each entry once")
        if (reserved := self.reserved()) is not None and reserved in tokens:
            specials = self.specials if self.special_count <= 8 else f"all {self.special_count} special entries"
            message = f"{reserved!r} has an entry of its own, and cannot be in `vocabulary`, unless it begins with {specials}"
            raise ArgumentError("vocabulary", message, "remove it from the list")
        size = self.special_count + len(tokens)
        if self.max_tokens is not None and size > self.max_tokens:
            message = f"the table has {size} entries, {self.special_count} of them special; `max_tokens` is {self.max_tokens}"
            raise ArgumentError("max_tokens", message, f"use at least {size}, or leave it out")
        return self

    @model_validator(mode="after")
    def _modes_agree(self) -> Self:
        if self.pad_to_max_tokens and self.max_tokens is None:
            raise ArgumentError("pad_to_max_tokens", "`pad_to_max_tokens` needs `max_tokens`", "add it, or leave this out")
        check_sparse(self.sparse, self.output_mode)
        if self.output_mode != "tf_idf" and self.idf_weights is not None:
            message = f"`idf_weights` is for `output_mode: tf_idf`, not for `{self.output_mode}`"
            raise ArgumentError("idf_weights", message, "remove it, or set `output_mode: tf_idf`")
        if self.output_mode == "tf_idf" and len(self.idf_weights or ()) != len(self.vocabulary):
            message = (
                f"`output_mode: tf_idf` needs `idf_weights`, one for each of the {len(self.vocabulary)} entries of `vocabulary`"
            )
            raise ArgumentError("idf_weights", message, "list as many numbers as there are entries")
        return self

    @property
    def marks(self) -> tuple[Any, ...]:
        return tuple(self.tokens[:50])

    def output_in_pipeline(self, call: Call) -> Tree:
        """In a Pipeline Keras promises integers unless the output is weighted."""
        output = self.output(call)
        assert isinstance(output, Tensor)
        return output if self.output_mode == "tf_idf" else Tensor(output.shape, "int64")

    def reserved(self) -> Any:
        """A text or integer that is not allowed among the tokens, or None."""
        raise NotImplementedError

    def encoded(self, shape: Shape) -> Shape:
        """The output shape for values of that shape."""
        if self.output_mode == "int":
            return shape
        if self.output_mode == "one_hot":
            return one_hot(shape, self.depth)
        return joined(shape, self.depth, self.output_mode)


class Lookup(Vocabulary):
    """Looks up the indices of texts or integers, or the reverse.

    Input shape: any; (batch, values) with `multi_hot`, `count` and `tf_idf`.

    Output shape: with `int` the input's, of int64; with `one_hot` the input's plus an axis of the number of entries, which
    replaces a last axis of size 1; else (batch, entries).
    """

    autocast: ClassVar[bool] = True  # type: ignore[misc]  # no argument of these classes
    activity_regularizer: ClassVar[None] = None  # type: ignore[misc]  # likewise
    key_dtype: ClassVar[str]

    num_oov_indices: NonNegativeInt = Field(
        1, description="the number of indices for values that are not in the vocabulary; with 0 such a value is an error."
    )
    mask_token: Any = Field(None, description="the input that stands for a missing value and gets index 0; null for none.")
    oov_token: Any = Field(description="the entry that an unknown index becomes with `invert`.")
    invert: bool = Field(False, description="whether the layer turns indices back into entries.")
    oov_method: Literal["floormod", "farmhash"] = Field(
        "floormod", description="how an unknown integer gets one of `num_oov_indices` indices; texts are always hashed."
    )
    salt: Salt = Field(None, description="one integer, or two, that select another hash function for unknown values.")

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        order = ("max_tokens", "num_oov_indices", "mask_token", "oov_token", "vocabulary")
        return tuple(dict.fromkeys((*order, *super().own_fields())))

    @property
    def marks(self) -> tuple[Any, ...]:
        if self.invert:
            return ()
        return (*super().marks, *(() if self.mask_token is None else (self.mask_token,)))

    @property
    def specials(self) -> tuple[Any, ...]:
        return (self.mask_token,) * self.has_mask_entry + (self.oov_token,) * self.num_oov_indices

    @property
    def special_count(self) -> int:
        return self.has_mask_entry + self.num_oov_indices

    @property
    def has_mask_entry(self) -> bool:
        """Whether missing values have an entry."""
        return self.mask_token is not None and self.output_mode == "int"

    def reserved(self) -> Any:
        if self.mask_token is not None and self.mask_token in self.tokens:
            return self.mask_token
        return self.oov_token if self.invert else None

    @model_validator(mode="after")
    def _inversion_is_possible(self) -> Self:
        if self.invert and self.output_mode != "int":
            message = f"with `invert` indices become entries; `output_mode: {self.output_mode}` makes vectors"
            raise ArgumentError("invert", message, "leave out one of the two")
        if self.invert and self.oov_token is None:
            raise ArgumentError("oov_token", "with `invert` an unknown index becomes `oov_token`, which is null", "leave it out")
        return self

    @property
    def differs_when_run(self) -> bool:
        return self.invert or self.sparse

    def output_when_run(self, call: Call, output: Tree) -> Tree:
        """With `invert` the running model returns entries."""
        if self.invert and isinstance(output, Tensor):
            return Tensor(output.shape, self.key_dtype)
        return super().output_when_run(call, output)

    def output_in_pipeline(self, call: Call) -> Tree:
        output = super().output_in_pipeline(call)
        assert isinstance(output, Tensor)
        return Tensor(output.shape, self.key_dtype) if self.invert else output

    def output(self, call: Call) -> Tree:
        dtype, name = call.x.dtype, self.keras_name()
        if (dtype == "string") is not (self.key_dtype == "string" and not self.invert):
            wanted = "indices" if self.invert else "texts" if self.key_dtype == "string" else "integers"
            help = "give the input `dtype: string`" if wanted == "texts" else "give the input `dtype: int32`"
            raise Refusal(WrongDtype, f"{name} looks up {wanted}; got {dtype}", label=f"got {dtype}", help=help)
        shape = self.encoded(call.x.shape)
        return Tensor(shape, "int64" if self.output_mode == "int" else "float32")
