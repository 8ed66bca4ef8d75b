from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from layerctl.base.model import Bound, Finite
from layerctl.catalog import Seed
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Tree
from layerctl.catalog.layers._noise import Noise, NoiseShape, noise_fits


class AlphaDropout(Noise):
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

    stricter: ClassVar[Mapping[str, str]] = {
        "noise shape": "A `noise_shape` is refused that fits only where an unknown axis is as long as the batch, and also "
        "at a rate of 0.",
    }

    rate: Annotated[float, Finite, Bound(ge=0, lt=1)]
    noise_shape: NoiseShape = None
    seed: Seed | None = None

    @property
    def depends_on_shape(self) -> bool:  # type: ignore[override]  # depends on the arguments
        return self.noise_shape is not None

    def output(self, call: Call) -> Tree:
        if self.rate:
            checks.floating(call.x, "AlphaDropout")
            noise_fits(self.noise_shape, call.x.shape)
        return call.result(call.x.shape)
