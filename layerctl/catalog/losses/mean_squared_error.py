from __future__ import annotations

from layerctl.catalog.losses._base import RegressionLoss


class MeanSquaredError(RegressionLoss):
    """The mean of the squared errors."""

    name: str | None = "mean_squared_error"
