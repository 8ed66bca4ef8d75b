from pydantic import Field, PositiveFloat

from layerctl.catalog.metrics._base import Average, ByClass, Name, ScoreThreshold


class FBetaScore(ByClass):
    """The harmonic mean of precision and recall, recall weighted by beta²."""

    average: Average = None
    beta: PositiveFloat = Field(1.0, description="the weight of recall.")
    threshold: ScoreThreshold = None
    name: Name = "fbeta_score"
