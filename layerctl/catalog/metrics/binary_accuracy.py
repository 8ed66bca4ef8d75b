from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import Dtype, Name, Score


class BinaryAccuracy(Score):
    """How often outputs are on the right side of a threshold."""

    name: Name = "binary_accuracy"
    dtype: Dtype = None
    threshold: Rate = Field(0.5, description="the threshold: larger outputs count as 1.")
