from pydantic import Field, NonNegativeFloat

from layerctl.base.shapes import FLOATS
from layerctl.catalog.regularizers._base import NUMBERS, SUMMED, NormPenalty


class L1L2(NormPenalty):
    """Penalizes the sum of absolute values and the sum of squares; neither, by default."""

    l1: NonNegativeFloat = Field(0.0, description="the weight of the sum of absolute values.")
    l2: NonNegativeFloat = Field(0.0, description="the weight of the sum of squares.")

    @property
    def dtypes(self) -> frozenset[str]:  # type: ignore[override]  # depends on the arguments
        """All dtypes if both factors are 0, since then nothing is summed; else without booleans, which Keras cannot sum here."""
        return FLOATS | SUMMED if self.l1 or self.l2 else NUMBERS
