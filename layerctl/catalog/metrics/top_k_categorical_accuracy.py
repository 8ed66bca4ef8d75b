from typing import ClassVar

from pydantic import Field, PositiveInt

from layerctl.catalog.metrics._base import Direction, Metric


class TopKCategoricalAccuracy(Metric):
    """How often the right class is among the k largest outputs, targets one-hot."""

    direction: ClassVar[Direction] = "max"
    least_rank: ClassVar[int] = 2

    k: PositiveInt = Field(5, description="the number of largest outputs that are searched for the right class.")
    name: str | None = Field("top_k_categorical_accuracy", description="the name in reports.")
