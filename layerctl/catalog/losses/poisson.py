from __future__ import annotations

from layerctl.catalog.losses._base import RegressionLoss


class Poisson(RegressionLoss):
    """The Poisson loss: outputs are expected counts."""

    name: str | None = "poisson"
