from pydantic import Field

from layerctl.catalog.losses._base import Name, RegressionLoss


class CosineSimilarity(RegressionLoss):
    """The negative cosine of the angle between target and output: -1 if they have the same direction."""

    axis: int = Field(-1, description="the axis along which the angle is taken.")
    name: Name = "cosine_similarity"
