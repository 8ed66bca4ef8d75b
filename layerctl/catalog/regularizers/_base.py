"""What the penalties on the size of values share."""

from typing import ClassVar

from layerctl.base.shapes import FLOATS
from layerctl.catalog import OfWeight

SUMMED = frozenset(("int32", "int64", "uint32", "uint64"))
"""The integers whose sums are of their own type."""
NUMBERS = FLOATS | SUMMED | {"bool", "int8", "uint8", "int16", "uint16"}


class NormPenalty(OfWeight):
    """A sum of values or squares. Keras fails to scale that of small integers, which has another type."""

    dtypes: ClassVar[frozenset[str] | None] = FLOATS | SUMMED | {"bool"}
