from pydantic import Field

from layerctl.catalog.metrics._base import Dtype, Name, Score


class ConcordanceCorrelation(Score):
    """Lin's concordance correlation: a correlation that is 1 only for equal values."""

    name: Name = "concordance_correlation"
    dtype: Dtype = None
    axis: int = Field(-1, description="the axis along which the metric is computed.")
