from layerctl.catalog.metrics._base import Name, Score


class CategoricalAccuracy(Score):
    """How often the largest output is at the right class, targets one-hot."""

    name: Name = "categorical_accuracy"
