from pydantic import Field, PositiveInt

from layerctl.catalog.metrics._base import Name, Score


class TopKCategoricalAccuracy(Score):
    """How often the right class is among the k largest outputs, targets one-hot."""

    least_rank = 2

    k: PositiveInt = Field(5, description="the number of largest outputs that are searched for the right class.")
    name: Name = "top_k_categorical_accuracy"
