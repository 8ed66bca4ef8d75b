from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import Axes
from layerctl.layers import _checks as checks
from layerctl.layers._base import Call, Layer, Refusal, Tree
from layerctl.layers._codes import ShapeDoesNotSuit
from layerctl.layers._masks import mask_of
from layerctl.shapes import same, text


class Softmax(Layer):
    """Turns scores into probabilities along an axis: exp(x) over its sum.

    Args:
        axis: the axis, or axes, along which the outputs add up to 1.

    Input shape: any, at least rank 1. A second tensor `mask` says where values count; its shape is the input's, or has 1 in
        place of some dimensions, or lacks some of the first.

    Output shape: the input's.

    Weights: none.

    MACs: 0.

    Example:
        ```yaml
        - Softmax
        ```
    """

    category: ClassVar[str] = "activations"
    call_arguments: ClassVar[tuple[str, ...]] = ("inputs", "mask")
    usable_as_activation: ClassVar[bool] = True

    axis: Axes = -1

    def output(self, call: Call) -> Tree:
        x = call.x
        checks.axes(self.axis if isinstance(self.axis, tuple) else (self.axis,), x.rank)
        checks.floating(x, "Softmax")
        mask = mask_of(call)
        if mask is not None:
            last = x.shape[max(0, x.rank - mask.rank) :]
            if mask.rank > x.rank or not all(m == 1 or same(m, d) for m, d in zip(mask.shape, last, strict=True)):
                raise Refusal(
                    ShapeDoesNotSuit,
                    f"expected a mask that broadcasts to {text(x.shape)}; got {text(mask.shape)}",
                    help="give the mask the input's shape, with 1 where it is the same for all positions",
                )
        return call.result(x.shape)
