"""Checks of inputs that many layers share; each raises a `Refusal` that explains what is wrong."""

from collections.abc import Iterable

from layerctl.base.shapes import Shape, Tensor, text
from layerctl.catalog.layers._base import FLOATS, Refusal, Weight
from layerctl.catalog.layers._codes import AxisOutOfRange, UnknownDimension, WrongDtype, WrongRank

RANK_NAMES = {
    2: "(batch, features)",
    3: "(batch, steps, features)",
    4: "(batch, height, width, channels)",
    5: "(batch, depth, height, width, channels)",
}


def rank(shape: Shape, wanted: int, *, axes: str | None = None, help: str | None = None) -> None:
    """Checks for exactly `wanted` dimensions, with the batch; `axes` names them, `help` replaces the usual advice."""
    if len(shape) != wanted:
        raise Refusal(
            WrongRank,
            f"expected an input of rank {wanted}, {axes or RANK_NAMES[wanted]}; got rank {len(shape)}, {text(shape)}",
            label=f"got {text(shape)}",
            help=help or _rank_help(shape, wanted),
        )


def min_rank(shape: Shape, least: int) -> None:
    """Checks for at least `least` dimensions, with the batch."""
    if len(shape) < least:
        raise Refusal(
            WrongRank,
            f"expected an input of at least rank {least}; got rank {len(shape)}, {text(shape)}",
            label=f"got {text(shape)}",
            help="give the input one more axis in `inputs`, or put a Reshape before this layer",
        )


def _rank_help(shape: Shape, wanted: int) -> str:
    if len(shape) > wanted:
        return "put a Flatten, a pooling or a Reshape before this layer" if wanted == 2 else "put a Reshape before this layer"
    missing = wanted - len(shape)
    suggested = [dim if dim is not None else "null" for dim in shape[1:]] + [1] * missing
    return f"put `Reshape: [{', '.join(map(str, suggested))}]` before this layer, or give the input that shape"


def known(shape: Shape, axis: int, why: str, *, instead: str = "") -> int:
    """The dimension at `axis`, which must be known; `instead` is another fix than writing it into `inputs`."""
    dim = shape[axis]
    if dim is None:
        raise Refusal(
            UnknownDimension,
            f"axis {axis} of {text(shape)} is unknown, and {why}",
            label="needs a known dimension",
            help=f"write the dimension into `inputs`, or {instead or 'bring the tensor to a known size before this layer'}",
        )
    return dim


def axis(value: int, rank: int, name: str = "axis", *, low: int = 0, help: str | None = None) -> int:
    """An axis as an index from 0; `low` is the first axis allowed, `help` replaces the usual advice."""
    index = value + rank if value < 0 else value
    if not low <= index < rank:
        raise Refusal(
            AxisOutOfRange,
            f"{name} {value} is out of range for an input of rank {rank}",
            help=help or _axes_help(1 if rank > 1 else low, rank),
        )
    return index


def _axes_help(low: int, rank: int) -> str:
    """Advice with the axes that can be named."""
    if low == rank - 1:
        return f"use {low}, or -1 from the end"
    return f"use {low} to {rank - 1}, or {low - rank} to -1 from the end"


def axes(values: Iterable[int], rank: int, name: str = "axis", *, low: int = 0, help: str | None = None) -> tuple[int, ...]:
    """Several axes as indices from 0; refuses duplicates."""
    indices = tuple(axis(value, rank, name, low=low, help=help) for value in values)
    if len(set(indices)) < len(indices):
        raise Refusal(AxisOutOfRange, f"an axis is named twice in {name}", help="name each axis once")
    return indices


def floating(x: Tensor, work: str) -> None:
    """Checks that the input holds floats."""
    if x.dtype not in FLOATS:
        raise Refusal(
            WrongDtype,
            f"{work} works on floats; got {x.dtype}",
            label=f"got {x.dtype}",
            help=TEXT_HELP
            if x.dtype == "string"
            else "leave out the input's `dtype` (float32 is the default), or " + cast_help(x.dtype),
        )


TEXT_HELP = "turn text into numbers first, with StringLookup or TextVectorization"


def cast_help(dtype: str) -> str:
    """Advice on how to turn values of another dtype into floats."""
    return TEXT_HELP if dtype == "string" else "cast it first with `ops.cast: float32`"


def numeric(x: Tensor, work: str, *, booleans: bool = True) -> None:
    """Checks that the input holds numbers, not text."""
    if x.dtype == "string" or (x.dtype == "bool" and not booleans):
        raise Refusal(WrongDtype, f"{work} works on numbers; got {x.dtype}", label=f"got {x.dtype}", help=cast_help(x.dtype))


def kernel_and_bias(kernel: tuple[int, ...], bias: int, use_bias: bool) -> tuple[Weight, ...]:
    """The weights of a layer with one kernel and, with `use_bias`, a bias."""
    weight = Weight("kernel", kernel)
    return (weight, Weight("bias", (bias,))) if use_bias else (weight,)
