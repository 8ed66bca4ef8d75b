from typing import ClassVar

from pydantic import Field

from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric, Targets


class SparseCategoricalCrossentropy(Metric):
    """Cross-entropy of one class out of several, targets as class numbers."""

    direction: ClassVar[Direction] = "min"
    least_rank: ClassVar[int] = 2
    targets: ClassVar[Targets] = "index"

    name: str | None = Field("sparse_categorical_crossentropy", description="the name in reports.")
    dtype: DtypePolicy | None = Field(None, description="the dtype of the computation.")
    from_logits: bool = Field(False, description="whether the outputs are logits.")
    ignore_class: int | None = Field(None, description="a class number; samples of this class do not count.")
    axis: int = Field(-1, description="the axis of the classes.")
