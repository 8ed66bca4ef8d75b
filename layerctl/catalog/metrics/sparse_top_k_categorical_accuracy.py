from typing import ClassVar

from pydantic import Field, PositiveInt

from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric, Targets


class SparseTopKCategoricalAccuracy(Metric):
    """How often the right class is among the k largest outputs, targets as class numbers."""

    direction: ClassVar[Direction] = "max"
    least_rank: ClassVar[int] = 2
    targets: ClassVar[Targets] = "index"

    k: PositiveInt = Field(5, description="the number of largest outputs that are searched for the right class.")
    name: str | None = Field("sparse_top_k_categorical_accuracy", description="the name in reports.")
    dtype: DtypePolicy | None = Field(None, description="the dtype of the computation.")
    from_sorted_ids: bool = Field(False, description="whether outputs are class numbers, the most likely first.")
