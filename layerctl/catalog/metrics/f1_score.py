from layerctl.catalog.metrics._base import Average, ByClass, Name, ScoreThreshold


class F1Score(ByClass):
    """The harmonic mean of precision and recall."""

    average: Average = None
    threshold: ScoreThreshold = None
    name: Name = "f1_score"
