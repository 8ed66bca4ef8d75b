from __future__ import annotations

from layerctl.catalog import NonNegativeFloat
from layerctl.catalog.regularizers._base import NormPenalty


class L2(NormPenalty):
    """Penalizes the sum of squares, which keeps values small.

    Args:
        l2: the weight of the penalty.
    """

    l2: NonNegativeFloat = 0.01
