from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric, Targets


class SparseCategoricalCrossentropy(Metric):
    """Cross-entropy of one class out of several, targets as class numbers.

    Args:
        name: what it is reported as.
        dtype: of the computation.
        from_logits: whether the outputs are logits.
        ignore_class: a class number whose samples do not count.
        axis: the axis of the classes.
    """

    direction: ClassVar[Direction] = "min"
    targets: ClassVar[Targets] = "index"

    name: str | None = "sparse_categorical_crossentropy"
    dtype: DtypePolicy | None = None
    from_logits: bool = False
    ignore_class: int | None = None
    axis: int = -1
