from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric


class PearsonCorrelation(Metric):
    """Pearson's correlation of target and output.

    Args:
        name: what it is reported as.
        dtype: of the computation.
        axis: the axis along which it is taken.
    """

    direction: ClassVar[Direction] = "max"

    name: str | None = "pearson_correlation"
    dtype: DtypePolicy | None = None
    axis: int = -1
