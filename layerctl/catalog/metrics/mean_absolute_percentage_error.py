from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class MeanAbsolutePercentageError(Metric):
    """The mean absolute error in per cent of the target."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("mean_absolute_percentage_error", description="the name in reports.")
