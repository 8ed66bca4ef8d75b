from __future__ import annotations

from layerctl.losses._base import RegressionLoss


class MeanAbsoluteError(RegressionLoss):
    """The mean of the absolute errors."""

    name: str | None = "mean_absolute_error"
