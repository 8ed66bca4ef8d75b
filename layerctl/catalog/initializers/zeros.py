from __future__ import annotations

from layerctl.catalog.initializers._base import Initializer


class Zeros(Initializer):
    """All values 0."""
