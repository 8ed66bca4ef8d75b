from typing import ClassVar

from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric


class CategoricalCrossentropy(Metric):
    """Cross-entropy of one class out of several, targets one-hot."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("categorical_crossentropy", description="the name in reports.")
    dtype: DtypePolicy | None = Field(None, description="the dtype of the computation.")
    from_logits: bool = Field(False, description="whether the outputs are logits.")
    label_smoothing: Rate = Field(0, description="how much of each target is spread over all classes.")
    axis: int = Field(-1, description="the axis of the classes.")
