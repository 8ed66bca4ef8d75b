from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class MeanSquaredLogarithmicError(Metric):
    """The mean squared error of log(1 + x)."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("mean_squared_logarithmic_error", description="the name in reports.")
