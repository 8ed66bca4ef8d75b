from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class CategoricalHinge(Metric):
    """How far the best wrong class comes within 1 of the right one, targets one-hot."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("categorical_hinge", description="the name in reports.")
