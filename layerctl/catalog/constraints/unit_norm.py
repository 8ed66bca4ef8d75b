from __future__ import annotations

from layerctl.catalog.constraints._base import Norm


class UnitNorm(Norm):
    """Scales every norm to 1.

    Args:
        axis: the axis, or axes, along which norms are taken: 0 for each unit of a Dense, [0, 1, 2] for each filter of a Conv2D.
    """
