from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PositiveInt, model_validator

from layerctl.base.shapes import Shape, Tensor, text
from layerctl.catalog import ArgumentError, Says
from layerctl.catalog.layers._base import Call, Refusal, Tree
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype, WrongRank
from layerctl.catalog.layers._lookup import Vocabulary
from layerctl.catalog.layers.string_lookup import Words


def _some(value: Any) -> Any:
    if value == ():
        raise ValueError
    return value


def _dense(value: bool) -> bool:
    if value:
        raise ValueError
    return value


class TextVectorization(Vocabulary):
    """Cleans texts, splits them into words, and turns the words into indices in a vocabulary, or a text into one vector.

    Input shape: (batch,), which a spec writes as `[]`, or (batch, 1), of texts. Without `split` (batch, words).

    Output shape: with `int` (batch, output_sequence_length), of int64; else (batch, entries).

    Example:
        ```yaml
        inputs: {review: {shape: [], dtype: string}}
        layers:
          - TextVectorization: {vocabulary: [good, bad, fine], output_sequence_length: 20}
        ```
    """

    required_in_config = ("standardize", "split", "ngrams")
    stricter = {
        "ngrams": "`ngrams` below 1 is refused; Keras does not check.",
    }

    vocabulary: Words = Field(description="the entries, in order; not a file name, and not left to `adapt()`.")
    standardize: Literal["lower_and_strip_punctuation", "lower", "strip_punctuation"] | None = Field(
        "lower_and_strip_punctuation", description="how texts are cleaned; null leaves them unchanged."
    )
    split: Literal["whitespace", "character"] | None = Field(
        "whitespace", description="where texts are split: at white space, or at each character; null does not split them."
    )
    ngrams: Annotated[
        PositiveInt | tuple[PositiveInt, ...] | None, AfterValidator(_some), Says("a positive integer, a list of them, or null")
    ] = Field(None, description="the largest number of words in one entry, or a list of such numbers; null for single words.")
    output_sequence_length: PositiveInt | None = Field(
        None,
        description="with `output_mode: int`, the number of words that texts are cut or padded to; null for the longest text.",
    )
    ragged: Annotated[
        bool, AfterValidator(_dense), Says("`false`: a ragged result has no shape that layers after it could take")
    ] = Field(False, description="false; layers after it could not take a ragged result.")
    encoding: str = Field("utf-8", description="the encoding of the texts.")

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        order = ("max_tokens", "standardize", "split", "ngrams", "output_mode", "output_sequence_length", "pad_to_max_tokens")
        return tuple(dict.fromkeys((*order, *super().own_fields())))

    @model_validator(mode="after")
    def _modes_suit(self) -> Self:
        if self.output_sequence_length is not None and self.output_mode != "int":
            message = f"`output_sequence_length` is for `output_mode: int`, not for `{self.output_mode}`"
            raise ArgumentError("output_sequence_length", message, "leave it out, or set `output_mode: int`")
        if self.activity_regularizer is not None and self.output_mode == "one_hot":
            message = "Keras cannot judge the ragged vectors of `output_mode: one_hot`"
            raise ArgumentError("activity_regularizer", message, "leave it out, or use another `output_mode`")
        return self

    @property
    def specials(self) -> tuple[Any, ...]:
        return ("", "[UNK]") if self.output_mode == "int" else ("[UNK]",)

    def reserved(self) -> Any:
        return ""

    def output(self, call: Call) -> Tree:
        x = call.x
        if x.dtype != "string":
            message = f"TextVectorization works on texts; got {x.dtype}"
            raise Refusal(WrongDtype, message, label=f"got {x.dtype}", help="give the input `dtype: string`")
        if self.split is not None and (x.rank > 2 or x.shape[1:] not in ((), (1,), (None,))):
            message = f"TextVectorization splits one text for each sample, (batch,) or (batch, 1); got {text(x.shape)}"
            raise Refusal(ShapeDoesNotSuit, message, label=f"got {text(x.shape)}", help="give the input the shape []")
        if self.split is None and x.rank != 2:
            message = f"without `split` TextVectorization works on words, (batch, words); got rank {x.rank}, {text(x.shape)}"
            raise Refusal(WrongRank, message, label=f"got {text(x.shape)}", help="give the input the shape [1]")
        words = x.shape[-1] if self.split is None else None
        if words is not None and isinstance(self.ngrams, tuple) and min(self.ngrams) > words:
            message = f"there are no n-grams of {min(self.ngrams)} in {words} word{'s' * (words > 1)}, {text(x.shape)}"
            raise Refusal(ShapeDoesNotSuit, message, label=f"got {text(x.shape)}", help="use shorter `ngrams`, or let it `split`")
        if self.output_mode == "int":
            return Tensor((x.shape[0], self.output_sequence_length), "int64")
        return Tensor(self.vectors(x.shape), "float32")

    def vectors(self, shape: Shape) -> Shape:
        """The output shape in the modes with vectors. Refuses to split (batch, 1), for which Keras promises an axis too many."""
        if self.split is not None and len(shape) == 2:
            message = (
                f"with `output_mode: {self.output_mode}` TextVectorization splits texts of shape (batch,); got {text(shape)}"
            )
            raise Refusal(WrongRank, message, label=f"got {text(shape)}", help="give the input the shape []")
        return self.encoded(shape if self.split is None else (*shape, None))
