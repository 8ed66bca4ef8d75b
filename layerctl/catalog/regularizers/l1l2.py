from __future__ import annotations

from layerctl.base.shapes import FLOATS
from layerctl.catalog import NonNegativeFloat
from layerctl.catalog.regularizers._base import NUMBERS, SUMMED, NormPenalty


class L1L2(NormPenalty):
    """Penalizes the sum of absolute values and the sum of squares; neither, by default.

    Args:
        l1: the weight of the sum of absolute values.
        l2: the weight of the sum of squares.
    """

    l1: NonNegativeFloat = 0.0
    l2: NonNegativeFloat = 0.0

    @property
    def dtypes(self) -> frozenset[str]:  # type: ignore[override]  # depends on the arguments
        """Nothing is added up where both are 0, and the sum of both begins as a truth value where values are."""
        return FLOATS | SUMMED if self.l1 or self.l2 else NUMBERS
