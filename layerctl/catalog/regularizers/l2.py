from pydantic import Field, NonNegativeFloat

from layerctl.catalog.regularizers._base import NormPenalty


class L2(NormPenalty):
    """Penalizes the sum of squares, which keeps values small."""

    l2: NonNegativeFloat = Field(0.01, description="the weight of the penalty.")
