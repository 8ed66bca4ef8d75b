from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric


class MeanSquaredError(Metric):
    """The mean of the squared errors."""

    direction: ClassVar[Direction] = "min"

    name: str | None = "mean_squared_error"
