from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import PositiveInt
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric, Targets


class SparseTopKCategoricalAccuracy(Metric):
    """How often the right class is among the k largest outputs, targets as class numbers.

    Args:
        k: how many outputs count.
        name: what it is reported as.
        dtype: of the computation.
        from_sorted_ids: whether outputs are class numbers, the likeliest first.
    """

    direction: ClassVar[Direction] = "max"
    targets: ClassVar[Targets] = "index"

    k: PositiveInt = 5
    name: str | None = "sparse_top_k_categorical_accuracy"
    dtype: DtypePolicy | None = None
    from_sorted_ids: bool = False
