"""Shapes with unknown dimensions: all arithmetic on `None` lives here.

A dimension is a positive integer, or `None` where it is not known before the model runs. A shape holds the batch dimension first.
"""

import math
from collections.abc import Iterable
from typing import Literal, NamedTuple

Dim = int | None
Shape = tuple[Dim, ...]
FLOATS = frozenset(("float16", "bfloat16", "float32", "float64"))
Dtype = Literal[
    "float32", "float16", "bfloat16", "float64", "int32", "int64", "int8", "int16",
    "uint8", "uint16", "uint32", "uint64", "bool", "string",
]  # fmt: skip


class Tensor(NamedTuple):
    """What is known of a value before it exists: `shape` with the batch first, `dtype` by Keras's name, if it is `sparse`."""

    shape: Shape
    dtype: str = "float32"
    sparse: bool = False

    @property
    def rank(self) -> int:
        return len(self.shape)


def text(shape: Iterable[Dim], *, batch: bool = True) -> str:
    """`(batch, 28, 28, 1)`; an unknown dimension is `?`, an unknown batch `batch`."""
    dims = ["?" if dim is None else str(dim) for dim in shape]
    if batch and dims and dims[0] == "?":
        dims[0] = "batch"
    return f"({dims[0]},)" if len(dims) == 1 else f"({', '.join(dims)})"


MOST = 2**63 - 1
"""The most values along an axis of a tensor, and in a whole one: TensorFlow counts them in 64 bits, as all integers of Keras."""


def too_large(shape: Shape) -> str | None:
    """What a shape has more of than a tensor can have, unknown dimensions counted as 1: words that follow "has"; else None."""
    total = math.prod(filter(None, shape))
    return f"2^{total.bit_length() - 1} values or more; a tensor has at most 2^63 - 1" if total > MOST else None


def is_index(text: str) -> bool:
    """Whether a text is an index: digits, fewer than 20."""
    return text.isdecimal() and len(text) < 20


def add(*dims: Dim) -> Dim:
    total = 0
    for dim in dims:
        if dim is None:
            return None
        total += dim
    return total


def prod(dims: Iterable[Dim]) -> Dim:
    """The product; 1 for no dimensions, None when one is unknown."""
    known = tuple(dims)
    return None if None in known else math.prod(known)  # type: ignore[arg-type]


def scale(dim: Dim, factor: int) -> Dim:
    return None if dim is None else dim * factor


def same(a: Dim, b: Dim) -> bool:
    """Whether two dimensions can be equal: an unknown one can be anything."""
    return a is None or b is None or a == b


def units_in(shape: Shape) -> Dim:
    """The size of an output's last axis; 1 for a single number for each sample, (batch,)."""
    return shape[-1] if len(shape) > 1 else 1


def window(dim: Dim, size: int, padding: str, stride: int, dilation: int = 1) -> Dim:
    """The number of positions of a sliding window along one axis, for convolution and pooling.

    `padding` is `valid`, `same` or `causal`. The result is 0 or less where the window does not fit.
    """
    if dim is None:
        return None
    if padding == "valid":
        dim -= dilation * (size - 1)
    return (dim - 1) // stride + 1 if dim > 0 else 0


def broadcast(a: Shape, b: Shape) -> Shape | None:
    """NumPy's broadcasting; unknown against 1 is unknown, against n > 1 is n. None where the shapes do not fit."""
    if len(a) < len(b):
        a, b = b, a
    b = (1,) * (len(a) - len(b)) + tuple(b)
    out: list[Dim] = []
    for x, y in zip(a, b, strict=True):
        if x == 1:
            out.append(y)
        elif y == 1 or x == y:
            out.append(x)
        elif x is None or y is None:
            out.append(x if y is None else y)
        else:
            return None
    return tuple(out)


def unknown_axes(shapes: Iterable[Shape], rank: int) -> frozenset[int]:
    """The axes that are unknown in any of the shapes, aligned at their last axis to a shape of that rank."""
    return frozenset(rank - len(shape) + axis for shape in shapes for axis, dim in enumerate(shape) if dim is None)
