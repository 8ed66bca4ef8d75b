from __future__ import annotations

from layerctl.catalog import OfWeight


class NonNeg(OfWeight):
    """Sets negative values to 0."""
