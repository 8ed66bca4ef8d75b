from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class MeanSquaredError(Metric):
    """The mean of the squared errors."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("mean_squared_error", description="the name in reports.")
