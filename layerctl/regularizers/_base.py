"""What the penalties on the size of values share."""

from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import OfWeight
from layerctl.shapes import FLOATS


class NormPenalty(OfWeight):
    """A sum over values or their squares. Of a small integer type the sum has another type, and Keras fails to scale it."""

    dtypes: ClassVar[frozenset[str] | None] = FLOATS | {"bool", "int32", "int64", "uint32", "uint64"}
