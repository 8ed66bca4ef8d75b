from typing import ClassVar

from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric


class BinaryAccuracy(Metric):
    """How often outputs are on the right side of a threshold."""

    direction: ClassVar[Direction] = "max"

    name: str | None = Field("binary_accuracy", description="the name in reports.")
    dtype: DtypePolicy | None = Field(None, description="the dtype of the computation.")
    threshold: Rate = Field(0.5, description="the threshold: larger outputs count as 1.")
