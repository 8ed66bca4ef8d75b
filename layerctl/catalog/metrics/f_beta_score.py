from pydantic import Field, PositiveFloat

from layerctl.catalog.metrics._base import Average, Name, Score, ScoreThreshold


class FBetaScore(Score):
    """The harmonic mean of precision and recall, recall weighted by beta²."""

    average: Average = None
    beta: PositiveFloat = Field(1.0, description="the weight of recall.")
    threshold: ScoreThreshold = None
    name: Name = "fbeta_score"
