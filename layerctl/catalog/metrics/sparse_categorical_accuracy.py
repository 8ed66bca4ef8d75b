from typing import ClassVar

from pydantic import Field

from layerctl.catalog.metrics._base import Direction, Metric, Targets


class SparseCategoricalAccuracy(Metric):
    """How often the largest output is at the right class, targets as class numbers."""

    direction: ClassVar[Direction] = "max"
    least_rank: ClassVar[int] = 2
    targets: ClassVar[Targets] = "index"

    name: str | None = Field("sparse_categorical_accuracy", description="the name in reports.")
