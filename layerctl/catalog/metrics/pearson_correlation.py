from pydantic import Field

from layerctl.catalog.metrics._base import Dtype, Name, Score


class PearsonCorrelation(Score):
    """Pearson's correlation of target and output."""

    name: Name = "pearson_correlation"
    dtype: Dtype = None
    axis: int = Field(-1, description="the axis along which the metric is computed.")
