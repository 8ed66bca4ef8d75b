from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import Rate
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric


class CategoricalCrossentropy(Metric):
    """Cross-entropy of one class out of several, targets one-hot.

    Args:
        name: what it is reported as.
        dtype: of the computation.
        from_logits: whether the outputs are logits.
        label_smoothing: how much of each target is spread over all classes.
        axis: the axis of the classes.
    """

    direction: ClassVar[Direction] = "min"

    name: str | None = "categorical_crossentropy"
    dtype: DtypePolicy | None = None
    from_logits: bool = False
    label_smoothing: Rate = 0
    axis: int = -1
