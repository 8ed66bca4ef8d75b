from __future__ import annotations

from layerctl.catalog.losses._base import RegressionLoss


class MeanAbsolutePercentageError(RegressionLoss):
    """The mean absolute error in per cent of the target; unsuited to targets near 0."""

    name: str | None = "mean_absolute_percentage_error"
