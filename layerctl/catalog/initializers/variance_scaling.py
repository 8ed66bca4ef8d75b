from typing import Literal

from pydantic import Field, PositiveFloat

from layerctl.catalog.initializers._base import FanScaled


class VarianceScaling(FanScaled):
    """Values with a variance of scale / n, where n is a number of inputs or outputs; the general form of He, Glorot and LeCun."""

    scale: PositiveFloat = Field(1.0, description="the variance times n.")
    mode: Literal["fan_in", "fan_out", "fan_avg"] = Field(
        "fan_in", description="what n is: the inputs, the outputs, or the mean of both."
    )
    distribution: Literal["truncated_normal", "untruncated_normal", "uniform", "normal"] = Field(
        "truncated_normal", description="the distribution of the values; `normal` is another name of `truncated_normal`."
    )
