from pydantic import Field

from layerctl.catalog import Rate, Seed
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Tree
from layerctl.catalog.layers._noise import NoiseShape, ShapedNoise, noise_fits


class Dropout(ShapedNoise):
    """Sets a random share of the values to 0 in training, and scales the others up, so that the expected sum stays the same.

    Example:
        ```yaml
        - Dropout: 0.2
        ```
    """

    rate: Rate = Field(description="the share of values that is dropped.")
    noise_shape: NoiseShape = None
    seed: Seed | None = Field(None, description="makes the random draws repeatable.")

    def output(self, call: Call) -> Tree:
        if 0 < self.rate < 1:
            checks.floating(call.x, "Dropout")
            noise_fits(self.noise_shape, call.x.shape)
        return call.result(call.x.shape)
