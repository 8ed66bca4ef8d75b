from layerctl.catalog.metrics._base import Average, Name, Score, ScoreThreshold


class F1Score(Score):
    """The harmonic mean of precision and recall."""

    average: Average = None
    threshold: ScoreThreshold = None
    name: Name = "f1_score"
