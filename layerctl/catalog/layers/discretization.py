from itertools import pairwise
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, PositiveFloat, PositiveInt, model_validator
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import Shape, Tensor, text
from layerctl.catalog import ArgumentError, Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Refusal, Tree
from layerctl.catalog.layers._categorical import TAKEN, Encoding, OutputMode, check_sparse, counted, joined, one_hot
from layerctl.catalog.layers._codes import ShapeDoesNotSuit


def _boundaries(value: object) -> object:
    if not isinstance(value, tuple) or not value or any(type(part) not in (int, float) for part in value):
        raise PydanticCustomError("boundaries", "no numbers")
    if any(not low <= high for low, high in pairwise(value)) or value[0] != value[0]:
        raise ValueError
    return value


Boundaries = Annotated[
    tuple[float, ...],
    BeforeValidator(_boundaries),
    Says("a list of rising numbers, the ends of the ranges (a spec cannot find them by `adapt()`)"),
]


class Discretization(Encoding):
    """Sorts numbers into ranges: each becomes the index of its range.

    Input shape: any; with `multi_hot` and `count` (batch, values) and more axes.

    Output shape: with `int` the input's, of int32; with `one_hot` the input's plus an axis of the number of ranges, which
    replaces a last axis of size 1; else the input's without `values`, plus an axis of the number of ranges.

    Example:
        ```yaml
        - Discretization: {bin_boundaries: [0.0, 0.5, 1.0], output_mode: one_hot}
        ```
    """

    trainable: ClassVar[bool] = True  # type: ignore[misc]  # no argument of this class
    autocast: ClassVar[bool] = True  # type: ignore[misc]  # likewise
    activity_regularizer: ClassVar[None] = None  # type: ignore[misc]  # likewise
    stricter = {
        "epsilon": "`epsilon` below 0 is refused: it can divide by zero, and Keras does not check.",
        "sparse": "`sparse` is refused with `one_hot` or several axes: Keras makes such vectors only of a batch of known size.",
        "vectors of a batch": "Vectors of a whole sample are refused if a sample is a single value: Keras would take the batch "
        "for one sample.",
    }

    bin_boundaries: Boundaries = Field(description="where one range ends and the next begins; n numbers make n + 1 ranges.")
    num_bins: PositiveInt | None = Field(None, description="null; the number of ranges that `adapt()` would look for in data.")
    epsilon: PositiveFloat = Field(0.01, description="how exactly `adapt()` would find them.")
    output_mode: OutputMode = Field(
        "int",
        description="`int` gives the index; `one_hot` a vector for each value; `multi_hot` and `count` one for each "
        "sample: which ranges occur, or how often.",
    )
    sparse: bool = Field(False, description=TAKEN)

    @model_validator(mode="after")
    def _arguments_agree(self) -> Self:
        if self.num_bins is not None:
            message = "`bin_boundaries` and `num_bins` exclude each other"
            raise ArgumentError("num_bins", message, "remove `num_bins`: it follows from the boundaries")
        check_sparse(self.sparse, self.output_mode)
        return self

    def output(self, call: Call) -> Tree:
        checks.numeric(call.x, "Discretization")
        shape = self.compute_output_shape(call.x.shape)
        if self.output_mode == "int":
            return Tensor(shape, "int32")
        if self.sparse and call.x.rank > 2:
            message = f"sparse vectors of {text(call.x.shape)}: Keras cannot make them of a batch of unknown size"
            raise Refusal(ShapeDoesNotSuit, message, help="leave out `sparse`")
        if call.x.rank == 2:
            counted(self.output_mode, call.policy.compute)
        return call.result(shape)

    def compute_output_shape(self, shape: Shape) -> Shape:
        depth = len(self.bin_boundaries) + 1
        if self.output_mode == "int":
            return shape
        if self.output_mode == "one_hot":
            return one_hot(shape, depth)
        return (shape[0], *shape[2:], depth) if len(shape) > 2 else joined(shape, depth, self.output_mode)
