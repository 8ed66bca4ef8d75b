from pydantic import Field

from layerctl.catalog import Rate, Seed
from layerctl.catalog.layers._base import Call, Tree
from layerctl.catalog.layers._noise import Noise, drawn_in_compute_dtype


class GaussianNoise(Noise):
    """Adds Gaussian noise of mean 0 to each value in training.

    Example:
        ```yaml
        - GaussianNoise: 0.1
        ```
    """

    stddev: Rate = Field(description="the noise's standard deviation; Keras limits it to 1.")
    seed: Seed | None = Field(None, description="makes the random draws repeatable.")

    def output(self, call: Call) -> Tree:
        if self.stddev:
            drawn_in_compute_dtype(call, "GaussianNoise")
        return call.result(call.x.shape)
