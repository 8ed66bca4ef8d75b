from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric


class MeanAbsolutePercentageError(Metric):
    """The mean absolute error in per cent of the target."""

    direction: ClassVar[Direction] = "min"

    name: str | None = "mean_absolute_percentage_error"
