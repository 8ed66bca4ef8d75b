from __future__ import annotations

from typing import ClassVar, Literal

from layerctl.catalog import NonNegativeInt
from layerctl.catalog.metrics._base import Direction, Metric


class R2Score(Metric):
    """The part of the targets' variance that the outputs explain: 1 is perfect, 0 no better than the mean.

    Args:
        class_aggregation: how several outputs become one figure; null for one each.
        num_regressors: the number of regressors, for the adjusted score; 0 for the plain one.
    """

    direction: ClassVar[Direction] = "max"

    class_aggregation: Literal["uniform_average", "variance_weighted_average"] | None = "uniform_average"
    num_regressors: NonNegativeInt = 0
    name: str | None = "r2_score"
