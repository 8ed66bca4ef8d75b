from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import Rate
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric


class BinaryAccuracy(Metric):
    """How often outputs are on the right side of a threshold.

    Args:
        name: what it is reported as.
        dtype: of the computation.
        threshold: from where an output counts as 1.
    """

    direction: ClassVar[Direction] = "max"

    name: str | None = "binary_accuracy"
    dtype: DtypePolicy | None = None
    threshold: Rate = 0.5
