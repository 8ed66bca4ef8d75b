from layerctl.catalog.metrics._base import Name, Score


class SparseCategoricalAccuracy(Score):
    """How often the largest output is at the right class, targets as class numbers."""

    least_rank = 2
    targets = "index"

    name: Name = "sparse_categorical_accuracy"
