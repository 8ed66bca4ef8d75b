"""What the penalties on the size of values share."""

from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import OfWeight
from layerctl.shapes import FLOATS


class NormPenalty(OfWeight):
    """A sum of values or squares. Keras fails to scale that of small integers, which has another type, and of truth values."""

    dtypes: ClassVar[frozenset[str] | None] = FLOATS | {"int32", "int64", "uint32", "uint64"}
