from __future__ import annotations

from layerctl.catalog import FiniteFloat, NonNegativeFloat
from layerctl.catalog.initializers._base import Random


class RandomNormal(Random):
    """Normal values.

    Args:
        mean: their mean.
        stddev: their standard deviation.
        seed: makes the values repeatable.
    """

    mean: FiniteFloat = 0.0
    stddev: NonNegativeFloat = 0.05
