from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from layerctl.base.shapes import FLOATS
from layerctl.catalog import FiniteFloat
from layerctl.catalog.initializers._base import Initializer


class Identity(Initializer):
    """The identity matrix, for weights of two axes.

    Args:
        gain: the value on the diagonal.
    """

    dtypes: ClassVar[frozenset[str] | None] = FLOATS

    gain: FiniteFloat = 1.0

    def misfit(self, shape: Sequence[int | None]) -> str | None:
        return None if len(shape) == 2 else "is no matrix, and Identity makes one"
