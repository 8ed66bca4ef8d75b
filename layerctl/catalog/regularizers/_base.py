"""The base class of penalties on the size of values."""

from layerctl.base.shapes import FLOATS
from layerctl.catalog import OfWeight

SUMMED = frozenset(("int32", "int64", "uint32", "uint64"))
"""The integers whose sums have the same dtype."""
NUMBERS = FLOATS | SUMMED | {"bool", "int8", "uint8", "int16", "uint16"}


class NormPenalty(OfWeight):
    """A sum of values or squares. For small integers Keras fails: their sum has another dtype than its factor."""

    dtypes = FLOATS | SUMMED | {"bool"}
