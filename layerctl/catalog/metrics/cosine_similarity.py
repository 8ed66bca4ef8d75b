from pydantic import Field

from layerctl.catalog.metrics._base import Dtype, Name, Score


class CosineSimilarity(Score):
    """The cosine of the angle between target and output."""

    name: Name = "cosine_similarity"
    dtype: Dtype = None
    axis: int = Field(-1, description="the axis along which the metric is computed.")
