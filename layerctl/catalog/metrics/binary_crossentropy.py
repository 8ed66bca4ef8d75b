from typing import ClassVar

from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric


class BinaryCrossentropy(Metric):
    """Cross-entropy of binary targets."""

    direction: ClassVar[Direction] = "min"

    name: str | None = Field("binary_crossentropy", description="the name in reports.")
    dtype: DtypePolicy | None = Field(None, description="the dtype of the computation.")
    from_logits: bool = Field(False, description="whether the outputs are logits.")
    label_smoothing: Rate = Field(0, description="how far targets are moved towards 0.5.")
