from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric


class CategoricalAccuracy(Metric):
    """How often the largest output is at the right class, targets one-hot."""

    direction: ClassVar[Direction] = "max"

    name: str | None = Field("categorical_accuracy", description="the name in reports.")
