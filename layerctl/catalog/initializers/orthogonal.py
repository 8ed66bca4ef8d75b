from collections.abc import Sequence

from pydantic import Field

from layerctl.catalog.initializers._base import Random


class Orthogonal(Random):
    """A random matrix with orthonormal rows or columns; further axes are folded into the rows (Saxe et al. 2014)."""

    dtypes = frozenset(("float16", "float32", "float64"))

    gain: float = Field(1.0, description="a factor on all values.")

    def misfit(self, shape: Sequence[int | None]) -> str | None:
        return "has fewer than two axes, and Orthogonal makes matrices" if len(shape) < 2 else None
