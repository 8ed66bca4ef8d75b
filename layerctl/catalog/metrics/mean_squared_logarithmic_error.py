from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.metrics._base import Direction, Metric


class MeanSquaredLogarithmicError(Metric):
    """The mean squared error of log(1 + x)."""

    direction: ClassVar[Direction] = "min"

    name: str | None = "mean_squared_logarithmic_error"
