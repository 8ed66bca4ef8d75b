from __future__ import annotations

from layerctl.catalog import NonNegativeFloat
from layerctl.regularizers._base import NormPenalty


class L1L2(NormPenalty):
    """Penalizes the sum of absolute values and the sum of squares; neither, by default.

    Args:
        l1: the weight of the sum of absolute values.
        l2: the weight of the sum of squares.
    """

    l1: NonNegativeFloat = 0.0
    l2: NonNegativeFloat = 0.0
