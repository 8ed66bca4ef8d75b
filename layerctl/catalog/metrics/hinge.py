from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class Hinge(Metric):
    """max(0, 1 - target × output), targets -1 and 1; 0 and 1 are converted."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("hinge", description="the name in reports.")
