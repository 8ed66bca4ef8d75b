"""The base class of functions that change a shape but no values."""

from layerctl.catalog.layers._reshaping import Reshaping
from layerctl.catalog.ops._base import OfOne


def many(value: int | tuple[int, ...]) -> tuple[int, ...]:
    """An integer or several, as a tuple."""
    return (value,) if isinstance(value, int) else value


class Shaping(OfOne, Reshaping):
    """The input's values in another shape or order."""
