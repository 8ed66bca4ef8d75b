"""How Keras promotes dtypes: a lattice, in which Python's numbers are weak types that adapt to the dtypes of tensors.

The rules are those of `keras.backend.result_type` on the TensorFlow back end (`keras/src/backend/common/dtypes.py`).
"""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from layerctl.base.shapes import FLOATS

SIGNED = frozenset(("int8", "int16", "int32", "int64"))
UNSIGNED = frozenset(("uint8", "uint16", "uint32", "uint64"))
INTEGERS = SIGNED | UNSIGNED
NUMBERS = FLOATS | INTEGERS
FLOATX = "float32"

LATTICE: dict[str, tuple[str, ...]] = {
    "bool": ("int",),
    "int": ("uint8", "int8"),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("float",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64",),
    "float64": (),
}
"""Each dtype and those directly above it; `int` and `float` are the weak types of Python's numbers."""

BITS = {f"{sign}int{bits}": (sign, bits) for sign in ("", "u") for bits in (8, 16, 32, 64)}


class Dtypes(NamedTuple):
    """A set of dtypes, and the words for it in messages."""

    words: str
    names: frozenset[str]


ANY = Dtypes("any values", NUMBERS | {"bool", "string"})
NUMERIC = Dtypes("numbers and truth values", NUMBERS | {"bool"})
ONLY_NUMBERS = Dtypes("numbers", NUMBERS)
ONLY_FLOATS = Dtypes("floats", FLOATS)


@cache
def _above(name: str) -> frozenset[str]:
    return frozenset((name,)).union(*(_above(upper) for upper in LATTICE[name]))


def promote(*names: str) -> str | None:
    """The dtype that several are promoted to; `int` and `float` are Python's numbers. None if they cannot be joined."""
    distinct = set(names)
    if distinct <= {"int", "float"}:
        return FLOATX if "float" in distinct else "int32"
    if len(distinct) == 1:
        joined = names[0]
    elif "string" in distinct:
        return None
    else:
        common = frozenset.intersection(*map(_above, distinct))
        joined = next(name for name in common if common <= _above(name))
    weak = {"int": "int32", "float": FLOATX, "uint64": "uint32"}  # Keras returns uint32 for uint64, even for a single dtype
    return weak.get(joined, joined)


def weak(value: object) -> str:
    """The weak type of a number, or of a list of numbers."""
    kinds = {type(number) for number in flat(value)}
    return "float" if float in kinds else "int" if int in kinds else "bool"


def flat(value: object) -> Iterable[object]:
    """The numbers of a nested list, or the one number."""
    if isinstance(value, tuple):
        for part in value:
            yield from flat(part)
    else:
        yield value


def shape(value: object) -> tuple[int, ...] | None:
    """The shape of a nested list of numbers; None if the list is irregular or has an empty part."""
    if not isinstance(value, tuple):
        return ()
    inner = {shape(part) for part in value}
    if len(inner) != 1 or None in inner:
        return None
    return (len(value), *(inner.pop() or ()))


def holds(name: str, value: object) -> bool:
    """Whether a dtype can hold the numbers."""
    if name not in BITS:
        return True
    sign, bits = BITS[name]
    low, high = (0, 1 << bits) if sign else (-(1 << bits - 1), 1 << bits - 1)
    return all(isinstance(number, int | float) and low <= number < high for number in flat(value))
