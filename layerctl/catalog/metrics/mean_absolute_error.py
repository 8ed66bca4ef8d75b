from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class MeanAbsoluteError(Metric):
    """The mean of the absolute errors."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("mean_absolute_error", description="the name in reports.")
