from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import Rate
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric


class BinaryCrossentropy(Metric):
    """Cross-entropy of yes-or-no targets.

    Args:
        name: what it is reported as.
        dtype: of the computation.
        from_logits: whether the outputs are logits.
        label_smoothing: how far targets are moved towards 0.5.
    """

    direction: ClassVar[Direction] = "min"

    name: str | None = "binary_crossentropy"
    dtype: DtypePolicy | None = None
    from_logits: bool = False
    label_smoothing: Rate = 0
