from __future__ import annotations

from layerctl.catalog import NonNegativeFloat, OfWeight


class L1L2(OfWeight):
    """Penalizes the sum of absolute values and the sum of squares; neither, by default.

    Args:
        l1: the weight of the sum of absolute values.
        l2: the weight of the sum of squares.
    """

    l1: NonNegativeFloat = 0.0
    l2: NonNegativeFloat = 0.0
