from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from layerctl.catalog import FiniteFloat
from layerctl.catalog.initializers._base import Random


class Orthogonal(Random):
    """A random matrix with orthonormal rows or columns; further axes are folded into the rows (Saxe et al. 2014).

    Args:
        gain: a factor on all values.
        seed: makes the values repeatable.
    """

    dtypes: ClassVar[frozenset[str] | None] = frozenset(("float16", "float32", "float64"))

    gain: FiniteFloat = 1.0

    def misfit(self, shape: Sequence[int | None]) -> str | None:
        return "has fewer than two axes, and Orthogonal makes matrices" if len(shape) < 2 else None
