from typing import Annotated

from annotated_types import Ge, Lt
from pydantic import Field

from layerctl.catalog import Seed
from layerctl.catalog.layers._base import Call, Tree
from layerctl.catalog.layers._noise import Noise, drawn_in_compute_dtype


class GaussianDropout(Noise):
    """Multiplies each value by Gaussian noise of mean 1 in training.

    Example:
        ```yaml
        - GaussianDropout: 0.2
        ```
    """

    stricter = {
        "booleans": "Booleans are refused: Keras returns booleans without any noise.",
    }

    rate: Annotated[float, Ge(0), Lt(1)] = Field(
        description="sets the noise's standard deviation, sqrt(rate / (1 - rate)), as in a Dropout of that rate; below 1."
    )
    seed: Seed | None = Field(None, description="makes the random draws repeatable.")

    def output(self, call: Call) -> Tree:
        if self.rate:
            drawn_in_compute_dtype(call, "GaussianDropout")
        return call.result(call.x.shape)
