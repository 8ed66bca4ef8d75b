from __future__ import annotations

from layerctl.catalog import NonNegativeFloat, OfWeight


class L2(OfWeight):
    """Penalizes the sum of squares, which keeps values small.

    Args:
        l2: the weight of the penalty.
    """

    l2: NonNegativeFloat = 0.01
