from typing import ClassVar

from pydantic import Field

from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric


class ConcordanceCorrelation(Metric):
    """Lin's concordance correlation: a correlation that is 1 only for equal values."""

    direction: ClassVar[Direction] = "max"

    name: str | None = Field("concordance_correlation", description="the name in reports.")
    dtype: DtypePolicy | None = Field(None, description="the dtype of the computation.")
    axis: int = Field(-1, description="the axis along which the metric is computed.")
