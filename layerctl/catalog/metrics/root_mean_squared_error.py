from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class RootMeanSquaredError(Metric):
    """The root of the mean of the squared errors: in the target's unit."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("root_mean_squared_error", description="the name in reports.")
