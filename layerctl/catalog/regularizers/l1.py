from pydantic import Field, NonNegativeFloat

from layerctl.catalog.regularizers._base import NormPenalty


class L1(NormPenalty):
    """Penalizes the sum of absolute values, which drives values to exactly 0."""

    l1: NonNegativeFloat = Field(0.01, description="the weight of the penalty.")
