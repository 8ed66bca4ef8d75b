from typing import ClassVar

from layerctl.catalog.metrics._base import Name, Score, Targets


class SparseCategoricalAccuracy(Score):
    """How often the largest output is at the right class, targets as class numbers."""

    targets: ClassVar[Targets] = "index"

    name: Name = "sparse_categorical_accuracy"
