from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from layerctl.base.model import Bound
from layerctl.catalog.metrics._base import Direction, Metric


class F1Score(Metric):
    """The harmonic mean of precision and recall.

    Args:
        average: how the classes become one figure; null for one each.
        threshold: from where an output counts as 1; the largest output by default.
    """

    direction: ClassVar[Direction] = "max"

    average: Literal["micro", "macro", "weighted"] | None = None
    threshold: Annotated[float, Bound(gt=0, le=1)] | None = None
    name: str | None = "f1_score"
