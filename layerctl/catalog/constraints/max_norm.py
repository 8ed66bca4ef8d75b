from __future__ import annotations

from layerctl.catalog import NonNegativeFloat
from layerctl.catalog.constraints._base import Norm


class MaxNorm(Norm):
    """Scales down what is longer than a limit.

    Args:
        max_value: the largest norm.
        axis: the axis, or axes, along which norms are taken: 0 for each unit of a Dense, [0, 1, 2] for each filter of a Conv2D.
    """

    max_value: NonNegativeFloat = 2
