from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric


class CosineSimilarity(Metric):
    """The cosine of the angle between target and output.

    Args:
        name: what it is reported as.
        dtype: of the computation.
        axis: the axis along which it is taken.
    """

    direction: ClassVar[Direction] = "max"

    name: str | None = "cosine_similarity"
    dtype: DtypePolicy | None = None
    axis: int = -1
