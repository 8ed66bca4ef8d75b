from __future__ import annotations

from layerctl.catalog.losses._base import RegressionLoss


class CosineSimilarity(RegressionLoss):
    """The negative cosine of the angle between target and output: -1 where they point alike.

    Args:
        axis: the axis along which the angle is taken.
    """

    axis: int = -1
    name: str | None = "cosine_similarity"
