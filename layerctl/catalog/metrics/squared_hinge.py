from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class SquaredHinge(Metric):
    """The square of the hinge loss."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("squared_hinge", description="the name in reports.")
