from __future__ import annotations

from layerctl.catalog import PositiveFloat
from layerctl.catalog.losses._base import RegressionLoss


class Huber(RegressionLoss):
    """Squared up to `delta`, absolute beyond: less moved by outliers.

    Args:
        delta: where the one turns into the other.
    """

    delta: PositiveFloat = 1.0
    name: str | None = "huber_loss"
