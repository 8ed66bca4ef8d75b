from __future__ import annotations

from layerctl.catalog import FiniteFloat, NonNegativeFloat
from layerctl.catalog.initializers._base import Random


class TruncatedNormal(Random):
    """Normal values; those farther from the mean than two deviations are drawn again.

    Args:
        mean: their mean.
        stddev: their standard deviation before the cut.
        seed: makes the values repeatable.
    """

    mean: FiniteFloat = 0.0
    stddev: NonNegativeFloat = 0.05
