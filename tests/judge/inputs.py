"""Plausible inputs for families of layers, for the rows of the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from tests.judge.case import Fed, Input

Feed = Callable[[Random], Fed]

MIXED = ("float32",) * 24 + ("int32", "int32", "float16", "bfloat16", "float64", "uint8", "int64", "bool", "string")
"""Mostly float32, sometimes each of the others."""
INDICES = ("int32",) * 12 + ("int64", "int8", "uint8", "float32", "float32", "bool", "string")


def dims(rng: Random, count: int, least: int = 1, most: int = 12) -> tuple[int | None, ...]:
    return tuple(None if rng.random() < 0.1 else rng.randint(least, most) for _ in range(count))


def tensor(*ranks: int, dtypes: Sequence[str] = MIXED, least: int = 1) -> Feed:
    """Any tensor of one of these ranks, without the batch."""
    return lambda rng: Input(dims(rng, rng.choice(ranks), least), rng.choice(dtypes), batch(rng))


def image(axes: int) -> Feed:
    """`axes` spatial axes, and a number of channels that some groups divide."""

    def make(rng: Random) -> Input:
        most = (12, 10, 7)[axes - 1]
        shape = [*dims(rng, axes, 2, most), None if rng.random() < 0.04 else rng.choice((1, 2, 3, 4, 6))]
        return Input(tuple(shape), rng.choice(MIXED), batch(rng))

    return make


def sequence(rng: Random) -> Input:
    """A sequence of feature vectors."""
    features = None if rng.random() < 0.04 else rng.randint(1, 6)
    return Input((None if rng.random() < 0.25 else rng.randint(1, 8), features), rng.choice(MIXED), batch(rng))


def frames(axes: int) -> Feed:
    """A sequence of small images."""

    def make(rng: Random) -> Input:
        frame = image(axes)(rng)
        shape = tuple(dim and min(dim, 6) for dim in frame.shape)
        return Input((None if rng.random() < 0.2 else rng.randint(1, 4), *shape), frame.dtype, frame.batch)

    return make


def alike(rng: Random) -> tuple[Input, ...]:
    """One to four tensors of one shape, some slightly different."""
    shape = dims(rng, rng.choice((0, 1, 1, 2, 2, 3)))
    dtype = rng.choice(MIXED)
    tensors = [Input(shape, dtype, batch(rng))]
    for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 3))):
        other = tuple(near(rng, dim) if rng.random() < 0.15 else dim for dim in shape)
        if rng.random() < 0.08 and other:
            other = other[1:]
        tensors.append(Input(other, dtype if rng.random() < 0.9 else rng.choice(MIXED), batch(rng)))
    return tuple(tensors)


def near(rng: Random, dim: int | None) -> int | None:
    return rng.choice((1, None, (dim or 2) + 1))


def batch(rng: Random) -> int | None:
    return rng.choice((2, 2, 1, 3)) if rng.random() < 0.08 else None


def disturbed(rng: Random, fed: Fed, input_kind: str) -> Fed:
    """The inputs, sometimes with another rank, or as a list in place of one tensor."""
    if isinstance(fed, Input):
        if rng.random() < 0.1:
            shape = fed.shape[1:] if rng.random() < 0.5 else (rng.randint(1, 6), *fed.shape)
            fed = fed._replace(shape=shape)
        if rng.random() < (0.15 if input_kind == "each" else 0.02):
            return (fed, fed)
    elif isinstance(fed, tuple) and len(fed) == 1 and rng.random() < 0.2:
        return fed[0]
    return fed


def with_mask(rng: Random, fed: Fed, first: str) -> Fed:
    """The input, sometimes with a mask whose shape is mostly that of the steps."""
    if not isinstance(fed, Input) or rng.random() > 0.06:
        return fed
    shape = rng.choice((fed.shape[:-1], fed.shape[:-1], fed.shape[:1], fed.shape, (*fed.shape, 1), fed.shape[1:]))
    dtype = rng.choice(("bool", "bool", "bool", "float32", "int32", "string"))
    return {first: fed, "mask": Input(shape, dtype, fed.batch)}


def like(rng: Random, first: Input) -> Input:
    """An input for a second call of a layer: of the first one's shape, or slightly different."""
    shape = tuple(near(rng, dim) if rng.random() < 0.2 else dim for dim in first.shape)
    if rng.random() < 0.15:
        shape = shape[1:] if rng.random() < 0.5 else (rng.randint(1, 6), *shape)
    return Input(shape, first.dtype if rng.random() < 0.8 else rng.choice(MIXED), first.batch)
