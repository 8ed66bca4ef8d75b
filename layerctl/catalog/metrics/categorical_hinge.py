from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class CategoricalHinge(Metric):
    """max(0, 1 + largest output of a wrong class - output of the right class), targets one-hot."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("categorical_hinge", description="the name in reports.")
