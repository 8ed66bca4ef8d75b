"""What losses and metrics require of the shape of outputs."""

from __future__ import annotations

from layerctl.base.shapes import Shape, text
from layerctl.catalog import Unfit


def rank_differs(shape: Shape, rank: int, least: bool = False) -> Unfit | None:
    """Why outputs have the wrong number of axes; None if it is right.

    Args:
        shape: of the output, batch first.
        rank: the number of axes that is required.
        least: whether more are fine.
    """
    if len(shape) == rank or (least and len(shape) > rank):
        return None
    axes = {1: "(batch,)", 2: "(batch, units)", 3: "(batch, steps, classes)"}[rank]
    help = f"end the model in {axes}" + (", or take a loss of one label for each sample" if rank == 3 else "")
    if rank == 2:
        help += ": `Dense` with one unit" if len(shape) < 2 else ": Flatten or a global pooling, then Dense"
    return Unfit(f"takes outputs {axes}; the output is {text(shape)}", help)


def axis_missing(shape: Shape, axis: object, last: bool = False) -> Unfit | None:
    """Why an output has no such axis; None if it has.

    Args:
        shape: of the output, batch first.
        axis: the value of the argument `axis`: a number, several, or None.
        last: whether it has to be the last axis, because class numbers have no other.
    """
    rank = len(shape)
    for one in axis if isinstance(axis, tuple) else (axis,):
        if isinstance(one, int) and not -rank <= one < rank:
            message = f"has no axis {one} to work along; the output is {text(shape)}"
            return Unfit(message, "the last axis is -1", "axis")
        if last and isinstance(one, int) and one % rank != rank - 1:
            message = f"takes the classes along axis {one}; with class numbers as targets they are the last axis"
            return Unfit(message, "remove `axis`, or bring the classes to the last axis with Permute", "axis")
    return None
