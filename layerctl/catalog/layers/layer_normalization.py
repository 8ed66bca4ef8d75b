from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from layerctl.catalog import Axes, NonNegativeFloat
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Masks, Tree, Weight
from layerctl.catalog.layers._normalization import Affine, gamma_and_beta, sizes, tupled


class LayerNormalization(Affine):
    """Shifts and scales the values of each position to mean 0 and deviation 1 over the given axes; does not depend on the batch.

    Args:
        axis: the axis, or axes, that are normalized together.
        epsilon: added to the variance, so that nothing is divided by zero.
        center: whether a learned offset `beta` is added.
        scale: whether a learned factor `gamma` is applied.
        beta_initializer: how `beta` begins.
        gamma_initializer: how `gamma` begins.
        beta_regularizer: a penalty on `beta`.
        gamma_regularizer: a penalty on `gamma`.
        beta_constraint: what is held of `beta` after each update.
        gamma_constraint: what is held of `gamma` after each update.

    Input shape: any, at least rank 1; the dimensions at `axis` are known.

    Output shape: the input's.

    Weights: gamma and beta, each of the shape of the input at `axis`. Keras sorts the axes as they are written, so that in
    `[1, -1]` the last one comes first.

    MACs: 0.

    Example:
        ```yaml
        - LayerNormalization: {epsilon: 1e-6}
        ```
    """

    masks: ClassVar[Masks] = "passes"
    stricter: ClassVar[Mapping[str, str]] = {
        "no axes": "An empty list of axes is refused: a normalization over no axes divides each value by itself.",
    }

    axis: Axes = -1
    epsilon: NonNegativeFloat = 1e-3

    def output(self, call: Call) -> Tree:
        x = call.x
        checks.numeric(x, "LayerNormalization")
        checks.axes(tupled(self.axis), x.rank)
        if self.center or self.scale:
            sizes(x.shape, tupled(self.axis))
        return call.result(x.shape)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        if not (self.center or self.scale):
            return ()
        shape = sizes(call.x.shape, tuple(sorted(tupled(self.axis))))
        return gamma_and_beta(shape, scale=self.scale, center=self.center)
