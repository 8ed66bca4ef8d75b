from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from layerctl.base.model import Bound
from layerctl.catalog import PositiveFloat
from layerctl.catalog.metrics._base import Direction, Metric


class FBetaScore(Metric):
    """The mean of precision and recall, recall weighted by beta².

    Args:
        average: how the classes become one figure; null for one each.
        beta: the weight of recall.
        threshold: from where an output counts as 1; the largest output by default.
    """

    direction: ClassVar[Direction] = "max"

    average: Literal["micro", "macro", "weighted"] | None = None
    beta: PositiveFloat = 1.0
    threshold: Annotated[float, Bound(gt=0, le=1)] | None = None
    name: str | None = "fbeta_score"
