from pydantic import Field

from layerctl.base.shapes import Shape, Tensor, text
from layerctl.catalog.layers._base import Call, Reach, Read, Refusal, Tree
from layerctl.catalog.layers._codes import AxisOutOfRange, WrongRank
from layerctl.catalog.layers._reshaping import Reshaping


class Permute(Reshaping):
    """Puts the axes of each sample into another order.

    Input shape: (batch, …), with as many axes after the batch as `dims` has entries.

    Output shape: (batch, axis dims[0] of the input, axis dims[1], …).

    Example:
        ```yaml
        - Permute: [2, 1]
        ```
    """

    of_sparse = "sparse"

    dims: tuple[int, ...] = Field(
        description="for each axis of the output, its axis in the input, from 1; the batch stays first."
    )

    def output(self, call: Call) -> Tree:
        return Tensor(self.compute_output_shape(call.x.shape), call.x.dtype)

    def reach(self, shape: Shape) -> Reach:
        return tuple(Read(self.dims.index(axis) + 1) for axis in range(1, len(shape)))

    def compute_output_shape(self, shape: Shape) -> Shape:
        shown = ", ".join(map(str, self.dims))
        axes = list(range(1, len(self.dims) + 1))
        if sorted(self.dims) != axes:
            message = f"`dims` names each of the axes 1 to {len(axes)} once; got [{shown}]"
            help = f"write {', '.join(map(str, axes))} in the wanted order; axes count from 1, after the batch"
            raise Refusal(AxisOutOfRange, message, help=help)
        if len(shape) != len(axes) + 1:
            message = f"`dims: [{shown}]` wants an input of rank {len(axes) + 1}; got rank {len(shape)}, {text(shape)}"
            help = f"name each of the axes 1 to {len(shape) - 1} once" if len(shape) > 1 else "a scalar has no axes to permute"
            raise Refusal(WrongRank, message, label=f"got {text(shape)}", help=help)
        return (shape[0], *(shape[axis] for axis in self.dims))
