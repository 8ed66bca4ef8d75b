"""How Keras promotes dtypes: its lattice, with Python's numbers as weak types that take the dtype of a tensor beside them.

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
"""Each dtype and those right above it; `int` and `float` are the weak types of Python's numbers."""

BITS = {f"{sign}int{bits}": (sign, bits) for sign in ("", "u") for bits in (8, 16, 32, 64)}


class Dtypes(NamedTuple):
    """A set of dtypes, and the words for it."""

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
    """The dtype of a result of several; `int` and `float` are Python's numbers. None where there is none."""
    found = set(names)
    if found <= {"int", "float"}:
        return FLOATX if "float" in found else "int32"
    if len(found) == 1:
        joined = names[0]
    elif "string" in found:
        return None
    else:
        common = frozenset.intersection(*map(_above, found))
        joined = next(name for name in common if common <= _above(name))
    weak = {"int": "int32", "float": FLOATX, "uint64": "uint32"}  # Keras gives uint32 for uint64, also where nothing is joined
    return weak.get(joined, joined)


def weak(value: object) -> str:
    """The type by which a number, or a list of numbers, takes part in a promotion."""
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
    """The shape of a nested list of numbers; None where it has none, because its parts differ or one is empty."""
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
