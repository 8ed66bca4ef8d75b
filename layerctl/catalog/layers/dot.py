from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from layerctl.base.shapes import Shape, prod, text
from layerctl.catalog import Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, MaskTree, Reach, Read, Refusal, Tree
from layerctl.catalog.layers._codes import AxisOutOfRange, ShapesDoNotMerge
from layerctl.catalog.layers._merge import common_batch, pair
from layerctl.catalog.layers._receptive_field import along


class Dot(Layer):
    """Multiplies two tensors of each sample as matrices: sums their products along one axis of each.

    Input shape: a list of two tensors of at least rank 2, equally long along their axis.

    Output shape: (batch, other axes of the first input, other axes of the second), or (batch, 1) if there are none.

    MACs: product of the first input's axes × product of the second's that are not summed over, the batch left out.

    Example:
        ```yaml
        - Dot: {axes: -1, normalize: true}
          inputs: [question, answer]
        ```
    """

    category = "merging"
    joins_branches = True
    keeps_dtype_when_run = True
    of_sparse = "sparse if all are"
    input_kind = "list"
    masks = "passes"

    axes: Annotated[int | tuple[int, int], Says("an axis, or a list of two")] = Field(
        description="the axis to sum over, or a list of two: the first input's and the second's; not axis 0, the batch."
    )
    normalize: bool = Field(
        False, description="whether both inputs are first scaled to length 1 along that axis, which gives the cosine similarity."
    )

    def reach_of(self, part: int | str, shapes: Mapping[int | str, Shape], literals: Mapping[str, Any]) -> Reach:
        summed = self.summed(shapes[0], shapes[1])[part == 1]
        before = 0 if part == 0 else len(shapes[0]) - 2
        reads = along(shapes[part], (summed,), kept=False)
        return tuple(read if read.axis is None else Read(read.axis + before) for read in reads)

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        return None

    def gives_sparse(self, call: Call) -> bool | None:
        return None if self.normalize else super().gives_sparse(call)

    def output(self, call: Call) -> Tree:
        for x in pair(call.xs, "Dot"):
            checks.min_rank(x.shape, 2)
            checks.numeric(x, "Dot")
            if self.normalize:
                checks.floating(x, "Dot with `normalize`")
        first, second = (x.shape for x in call.xs)
        a, b = self.summed(first, second)
        if first[a] != second[b]:  # Keras needs both sizes known or both unknown
            message = f"Dot sums axis {a} of {text(first)} and axis {b} of {text(second)}, which are not equally long"
            help = "name axes of one size in `axes`; where one size is unknown, write it into `inputs`"
            raise Refusal(ShapesDoNotMerge, message, label="cannot multiply these", help=help)
        others = (*first[1:a], *first[a + 1 :], *second[1:b], *second[b + 1 :])
        common_batch((first, second))
        return call.result((first[0], *(others or (1,))))

    def summed(self, first: Shape, second: Shape) -> tuple[int, int]:
        """The summed axes as indices from 0. Keras takes a single negative axis modulo the rank, even if it is out of range."""
        ranks = len(first), len(second)
        if isinstance(self.axes, int) and self.axes < 0:
            a, b = (self.axes % rank for rank in ranks)
        else:
            pair = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
            a, b = (checks.axis(axis, rank, "axes", low=1) for axis, rank in zip(pair, ranks, strict=True))
        if 0 in (a, b):
            raise Refusal(AxisOutOfRange, "Dot cannot sum over axis 0, the batch", help="use -1 for the last axis")
        return a, b

    def macs(self, call: Call, output: Tree) -> int | None:
        first, second = (x.shape for x in call.xs)
        _, b = self.summed(first, second)
        return prod((*first[1:], *second[1:b], *second[b + 1 :]))
