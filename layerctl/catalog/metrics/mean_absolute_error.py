from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric


class MeanAbsoluteError(Metric):
    """The mean of the absolute errors."""

    direction: ClassVar[Direction] = "min"

    name: str | None = "mean_absolute_error"
