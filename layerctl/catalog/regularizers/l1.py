from __future__ import annotations

from layerctl.catalog import NonNegativeFloat
from layerctl.catalog.regularizers._base import NormPenalty


class L1(NormPenalty):
    """Penalizes the sum of absolute values, which drives values to exactly 0.

    Args:
        l1: the weight of the penalty.
    """

    l1: NonNegativeFloat = 0.01
