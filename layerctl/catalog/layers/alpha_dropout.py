from __future__ import annotations

from typing import Annotated

from layerctl.base.model import Bound, Finite
from layerctl.catalog import Seed
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Tree
from layerctl.catalog.layers._noise import NoiseShape, ShapedNoise, noise_fits


class AlphaDropout(ShapedNoise):
    """Dropout for SELU networks: sets values to SELU's lower limit in training, and keeps mean and variance.

    Args:
        rate: the share of values that is dropped, below 1 (Keras divides by zero at 1).
        noise_shape: the shape of what is drawn, the batch first: 1 where values share their fate, null for the input's size.
        seed: makes the draws repeatable.

    Input shape: any.

    Output shape: the input's.

    Weights: none.

    MACs: 0.

    Example:
        ```yaml
        - AlphaDropout: 0.1
        ```
    """

    rate: Annotated[float, Finite, Bound(ge=0, lt=1)]
    noise_shape: NoiseShape = None
    seed: Seed | None = None

    def output(self, call: Call) -> Tree:
        if self.rate:
            checks.floating(call.x, "AlphaDropout")
            noise_fits(self.noise_shape, call.x.shape)
        return call.result(call.x.shape)
