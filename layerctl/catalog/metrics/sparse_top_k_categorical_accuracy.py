from pydantic import Field, PositiveInt

from layerctl.catalog.metrics._base import Dtype, Name, Score


class SparseTopKCategoricalAccuracy(Score):
    """How often the right class is among the k largest outputs, targets as class numbers."""

    least_rank = 2
    targets = "index"

    k: PositiveInt = Field(5, description="the number of largest outputs that are searched for the right class.")
    name: Name = "sparse_top_k_categorical_accuracy"
    dtype: Dtype = None
    from_sorted_ids: bool = Field(False, description="whether outputs are class numbers, the most likely first.")
