from __future__ import annotations

from layerctl.catalog.losses._base import RegressionLoss


class MeanAbsoluteError(RegressionLoss):
    """The mean of the absolute errors."""

    name: str | None = "mean_absolute_error"
