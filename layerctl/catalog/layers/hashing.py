from typing import Annotated, Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import FLOATS, Shape, Tensor
from layerctl.catalog import ArgumentError, Says, Seed
from layerctl.catalog.layers._base import Call, Refusal, Tree
from layerctl.catalog.layers._categorical import TAKEN, Encoding, OutputMode, check_sparse, counted, joined, only_one
from layerctl.catalog.layers._codes import WrongDtype

INTEGERS = ("int32", "int64")


class Hashing(Encoding):
    """Hashes texts or integers to integers below `num_bins`.

    Input shape: any; (batch, values) with `multi_hot` and `count`; a last axis of size 1 with `one_hot`.

    Output shape: with `int` the input's, of int64; else the input's with num_bins in place of the last axis.

    Example:
        ```yaml
        inputs: {word: {shape: [5], dtype: string}}
        layers:
          - Hashing: 1000
        ```
    """

    tensorflow_only = True
    stricter = {
        "sparse": "`sparse` is refused with `one_hot`: Keras makes such vectors only of a batch of known size.",
        "vectors of a batch": "Vectors of a whole sample are refused if a sample is a single value: Keras would take the batch "
        "for one sample.",
    }

    num_bins: PositiveInt = Field(description="the number of different integers in the output, from 0.")
    mask_value: int | float | str | None = Field(
        None, description="the input that stands for a missing value; it alone becomes 0."
    )
    salt: Annotated[Seed | tuple[Seed, Seed] | None, Says("an integer of at most 64 bits, a list of two, or null")] = Field(
        None, description="one integer, or two, that select another hash function."
    )
    output_mode: OutputMode = Field(
        "int",
        description="`int` gives the integers; `one_hot` a vector for each value; `multi_hot` and `count` one for each "
        "sample: which integers occur, or how often.",
    )
    sparse: bool = Field(False, description=TAKEN)

    @model_validator(mode="after")
    def _arguments_agree(self) -> Self:
        if self.output_mode == "int" and self.dtype not in (None, *INTEGERS):
            message = f"with `output_mode: int` the output holds integers; got the dtype `{self.dtype}`"
            raise ArgumentError("dtype", message, "leave it out, or use `int32` or `int64`")
        check_sparse(self.sparse, self.output_mode)
        return self

    @property
    def casts_inputs(self) -> bool:
        return False

    @property
    def own_policy(self) -> str | None:
        return self.dtype or ("int64" if self.output_mode == "int" else "float32")

    def output(self, call: Call) -> Tree:
        self.check_mask_value(call.x.dtype)
        counted(self.output_mode, call.policy.variable)
        return Tensor(self.compute_output_shape(call.x.shape), call.policy.variable)

    def compute_output_shape(self, shape: Shape) -> Shape:
        if self.output_mode == "int":
            return shape
        if self.output_mode == "one_hot":
            only_one(shape, "Hashing")
            return (*shape[:-1], self.num_bins)
        return joined(shape, self.num_bins, self.output_mode)

    @property
    def marks(self) -> tuple[int | float | str, ...]:
        return () if self.mask_value is None else (self.mask_value,)

    def check_mask_value(self, dtype: str) -> None:
        """Checks that the mask value is of the inputs' type."""
        kinds: tuple[type, ...] = (str,) if dtype == "string" else (int, float) if dtype in FLOATS else (int,)
        if self.num_bins > 1 and self.mask_value is not None and (dtype == "bool" or not isinstance(self.mask_value, kinds)):
            raise Refusal(
                WrongDtype,
                f"`mask_value` {self.mask_value!r} cannot be found among inputs of {dtype}",
                label=f"got {dtype}",
                help="write a value of the input's kind, or give the input another `dtype`",
            )
