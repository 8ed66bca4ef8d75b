from typing import Annotated

from pydantic import AfterValidator, Field

from layerctl.base.shapes import Shape, Tensor, prod, text
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Reach, Refusal, Tree
from layerctl.catalog.layers._codes import ReshapeDoesNotFit
from layerctl.catalog.layers._receptive_field import regrouped
from layerctl.catalog.layers._reshaping import Reshaping


def _sizes(value: tuple[int | None, ...]) -> tuple[int, ...]:
    """The sizes with -1 for null, as Keras takes it."""
    sizes = tuple(-1 if dim is None else dim for dim in value)
    if any(dim < -1 or dim == 0 for dim in sizes):
        raise ValueError
    return sizes


class Reshape(Reshaping):
    """Arranges the values of each sample in another shape.

    Input shape: any; the product of its axes is that of `target_shape`.

    Output shape: (batch, *target_shape). Where the input has an unknown axis, a -1 stays unknown.

    Example:
        ```yaml
        - Reshape: [7, 7, -1]
        ```
    """

    of_sparse = "sparse"
    only_reshapes = True
    stricter = {
        "size 0": "A size of 0 is refused: a sample without values is of no use.",
    }

    target_shape: Annotated[
        tuple[int | None, ...],
        AfterValidator(_sizes),
        Says("a list of positive integers without the batch, one of which may be -1 or null"),
    ] = Field(description="the new shape without the batch; one size may be -1 or null, which is then computed.")

    def reach(self, shape: Shape) -> Reach:
        return regrouped(shape, self.compute_output_shape(shape))

    def output(self, call: Call) -> Tree:
        return Tensor(self.compute_output_shape(call.x.shape), call.x.dtype)

    def compute_output_shape(self, shape: Shape) -> Shape:
        checks.min_rank(shape, 1)
        if self.target_shape.count(-1) > 1:
            message = f"only one size of the target can be -1; got {text(self.target_shape, batch=False)}"
            raise Refusal(ReshapeDoesNotFit, message, help="write all sizes but one as numbers")
        known = prod(dim for dim in shape[1:] if dim is not None) or 1
        target = prod(dim for dim in self.target_shape if dim != -1) or 1
        if None in shape[1:]:
            # the unknown axes can be any factor, but the product of the known ones must divide the target
            if -1 not in self.target_shape and target % known:
                self.refuse(shape, f"a multiple of {known}", target)
            return (shape[0], *(None if dim == -1 else dim for dim in self.target_shape))
        if -1 not in self.target_shape:
            if known != target:
                self.refuse(shape, str(known), target)
        elif known % target:
            self.refuse(shape, str(known), f"a multiple of {target}")
        return (shape[0], *(known // target if dim == -1 else dim for dim in self.target_shape))

    def refuse(self, shape: Shape, has: str, wants: int | str) -> None:
        example = "-1" if None in shape[1:] else ", ".join(map(str, shape[1:])) or "1"
        raise Refusal(
            ReshapeDoesNotFit,
            f"a sample of {text(shape)} has {has} values; the target {text(self.target_shape, batch=False)} holds {wants}",
            label="does not fit",
            help=f"choose sizes whose product fits, such as [{example}]; one of them may be -1, which is then computed",
        )
