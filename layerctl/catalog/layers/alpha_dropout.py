from typing import Annotated

from annotated_types import Ge, Lt
from pydantic import Field

from layerctl.catalog import Seed
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Tree
from layerctl.catalog.layers._noise import NoiseShape, ShapedNoise, noise_fits


class AlphaDropout(ShapedNoise):
    """Dropout for SELU networks: sets values to SELU's lower limit in training, so that mean and variance stay the same.

    Example:
        ```yaml
        - AlphaDropout: 0.1
        ```
    """

    rate: Annotated[float, Ge(0), Lt(1)] = Field(
        description="the share of values that is dropped, below 1 (Keras divides by zero at 1)."
    )
    noise_shape: NoiseShape = None
    seed: Seed | None = Field(None, description="makes the random draws repeatable.")

    def output(self, call: Call) -> Tree:
        if self.rate:
            checks.floating(call.x, "AlphaDropout")
            noise_fits(self.noise_shape, call.x.shape)
        return call.result(call.x.shape)
