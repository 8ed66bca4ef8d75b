from __future__ import annotations

from layerctl.catalog import FiniteFloat
from layerctl.catalog.initializers._base import Random


class RandomUniform(Random):
    """Uniform values.

    Args:
        minval: the lower limit.
        maxval: the upper limit.
        seed: makes the values repeatable.
    """

    minval: FiniteFloat = -0.05
    maxval: FiniteFloat = 0.05
