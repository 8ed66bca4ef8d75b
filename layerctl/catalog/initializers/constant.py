from __future__ import annotations

from layerctl.catalog import FiniteFloat
from layerctl.catalog.initializers._base import Initializer


class Constant(Initializer):
    """All values one number.

    Args:
        value: the number.
    """

    value: FiniteFloat = 0.0
