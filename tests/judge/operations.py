"""Compares the functions of `keras.ops` with Keras, on generated inputs and arguments.

`python -m tests.judge.operations [NAME …] [--cases N] [--seed S]` prints every disagreement.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from random import Random
from typing import Any, NamedTuple

from layerctl.catalog import CATALOGS
from layerctl.catalog.ops import FAMILIES
from layerctl.catalog.ops._base import Operation
from tests.judge import keras_side, static_side
from tests.judge.case import Case, Fed, Input, Item, Raw, flatten
from tests.judge.inputs import alike, batch, dims, near, tensor
from tests.judge.judge import Score, tally
from tests.judge.makers import axis, axis_or_axes, mostly, target_shape
from tests.judge.values import DERIVE, Make, arguments, takes
from tests.judge.verdict import Verdict

DRAWS = 40
WRONG = 0.1
DTYPES = ("float32", "float32", "float16", "bfloat16", "float64", "int32", "int64", "int8", "int16", "uint8", "uint32", "bool")
SUBSCRIPTS = {
    1: ("ab->ba", "ab->a", "...a->...", "aa->a", "ab", "ba", "abc->cab", "abcd->adbc", "a...->...a", "ab->", "abc->b"),
    2: (
        "ab,ac->abc",
        "ab,ab->a",
        "ab,bc->ac",
        "abc,abd->acd",
        "abc,adc->abd",
        "...a,...a->...",
        "ab,ab",
        "abc,ac->ab",
        "ab,a->ab",
    ),
    3: ("ab,ab,ab->a", "a...,a...,a...->a...", "abc,acd,ade->abe"),
}


def function(name: str) -> type[Operation]:
    cls = CATALOGS["ops"].find(name)
    assert cls is not None
    assert issubclass(cls, Operation)
    return cls


def rank(fed: Fed) -> int:
    return len(flatten(fed)[0].shape) + 1


def newshape(rng: Random, fed: Fed) -> Raw:
    target = target_shape(rng, fed)
    first = flatten(fed)[0].batch
    return (rng.choice((-1, -1, -1, first or 13)), *target) if rng.random() < 0.9 else target or (1,)


def permutation(rng: Random, fed: Fed) -> Raw:
    order = rng.sample(range(rank(fed)), rank(fed))
    return tuple(order if rng.random() < 0.9 else order[1:])


def axes(rng: Random, fed: Fed) -> Raw:
    both = flatten(fed)
    if rng.random() < 0.4:
        return rng.choice((0, 1, 1, 2))
    count = rng.choice((1, 1, 2))
    return tuple(tuple(rng.choice((-1, rng.randint(1, 3))) for _ in range(count)) for _ in both[:2])


def indices(rng: Random, fed: Fed) -> Raw:
    return rng.choice((0, 1, -1, (0, 0), (0, 1, 2), ((0, 1), (1, 0)), (-1, 3)))


def pairs(rng: Random, fed: Fed) -> Raw:
    count = rank(fed) if rng.random() < 0.9 else 2
    every = tuple((rng.choice((0, 0, 1, 2)), rng.choice((0, 1, 3))) for _ in range(count))
    return rng.choice(((1, 2), every, every, ((0, 0), *every[1:])))


def shape(rng: Random, fed: Fed) -> Raw:
    x = flatten(fed)[0]
    return (x.batch or 13, *(dim if dim not in (1, None) else rng.choice((1, 2, 3)) for dim in x.shape))


def subscripts(rng: Random, fed: Fed) -> Raw:
    return rng.choice(SUBSCRIPTS[min(3, len(flatten(fed)))])


def sections(rng: Random, fed: Fed) -> Raw:
    return rng.choice((1, 2, 2, 3, (1,), (1, 2), (2, 3)))


def an_axis(rng: Random, fed: Fed) -> Raw:
    drawn = axis(rng, fed)
    return -1 if drawn is DERIVE else drawn


def counts(rng: Random, fed: Fed) -> Raw:
    return rng.choice((1, 2, 3, (2,), (1, 2), (2, 1, 3), tuple(rng.choice((1, 2)) for _ in range(rank(fed)))))


LITERAL = mostly(0, 1, 2, 3, -1, 2.0, 0.5, -1.5, 300, (1, 2, 3), (0.5, 2.0), ((1,), (2,)), (1.0,), derive=0)
TRUTH = mostly(True, False, 1, 0.5, (True, False), derive=0)
MAKERS: dict[str, Make] = {
    "axis": axis,
    "axis1": an_axis,
    "axis2": an_axis,
    "source": axis_or_axes,
    "destination": axis_or_axes,
    "newshape": newshape,
    "indices": indices,
    "pad_width": pairs,
    "shape": shape,
    "subscripts": subscripts,
    "indices_or_sections": sections,
    "repeats": counts,
    "shift": mostly(1, -2, 3, (1, 1), derive=0.1),
    "dtype": mostly(*DTYPES, derive=0),
    "num_classes": mostly(1, 3, 5, derive=0.1),
    "k": mostly(1, 1, 2, 3, 4, -1, derive=0),
    "offset": mostly(0, 1, -1, 2, derive=0),
    "num": mostly(1, 2, 3, derive=0),
    "ord": mostly(1, 2, -1, 3, 0.5, "fro", "nuc", derive=0),
    "initial": mostly(0, 1.5, -2, derive=0),
    "x_min": mostly(0, -1.0, 0.5, -300, derive=0),
    "x_max": mostly(1, 2.0, 3.5, 300, derive=0),
    "nan": mostly(0.0, 1.5, 2, derive=0),
    "decimals": mostly(0, 1, 2, -1, derive=0),
    "order": mostly(1, 2, 3, derive=0),
    "x1": LITERAL,
    "x2": LITERAL,
}
"""Makers of arguments by name, for all functions; the others are derived from their types."""

MAKERS_OF_FUNCTION: dict[str, dict[str, Make]] = {
    "transpose": {"axes": permutation},
    "tensordot": {"axes": axes},
    **{name: {"x1": TRUTH, "x2": TRUTH} for name in ("logical_and", "logical_or", "logical_xor")},
}
"""Makers for one function only."""


class Deliberate(NamedTuple):
    """A deliberate refusal that Keras does not share: a regular expression for its message, and the reason."""

    says: str
    reason: str


DELIBERATE = (
    Deliberate("cannot split the batch", "it would work for some sizes of the batch only"),
    Deliberate(r"batch can have any size|a multiple of \d+ values; each sample", "likewise"),
    Deliberate(r"cannot bring \(batch|which has any number", "likewise"),
    Deliberate("counts for an axis of unknown size", "it would work for one size only"),
    Deliberate("`ops.(max|min)` works on numbers; got bool", "a number beside booleans is no boolean"),
    Deliberate(r"works in u?int\d+ here, which cannot hold", "the number would wrap around"),
    Deliberate("`ops.(isfinite|isinf|isnan|logical_.*)` .* got string", "text is neither finite nor true"),
)


def one(rng: Random, *ranks: int) -> Input:
    return tensor(*ranks, dtypes=("float32",) if rng.random() < 0.5 else (*DTYPES, "string"))(rng)


def two(rng: Random, cls: type[Operation]) -> tuple[Input, ...]:
    """As many tensors as the function takes, of nearly one shape; for products mostly with matching last axes."""
    first = one(rng, 0, 1, 2, 2, 3)
    if "axes" in cls.model_fields:  # the Keras side tries too few combinations of unknown summed sizes
        first = first._replace(shape=tuple(dim or 3 for dim in first.shape))
    tensors = [first]
    for _ in cls.tensors[1:]:
        other = tuple(near(rng, dim) if rng.random() < 0.12 else dim for dim in first.shape)
        if cls.category == "products" and rng.random() < 0.6:
            other = (*other[:-2], *reversed(other[-2:]))
        if "axes" in cls.model_fields:
            other = tuple(dim or 3 for dim in other)
        if rng.random() < 0.15:
            other = other[1:] if rng.random() < 0.5 else (*dims(rng, 1), *other)
        dtype = first.dtype if rng.random() < 0.7 else rng.choice((*DTYPES, "string"))
        if "indices" in cls.tensors:
            dtype = rng.choice(("int32", "int32", "int32", "int64", "uint8", "float32"))
        tensors.append(Input(other, dtype, first.batch if rng.random() < 0.9 else batch(rng)))
    return tuple(tensors)


def draw(rng: Random, name: str) -> Case:
    cls = function(name)
    possible = [operand for operand in cls.tensors if operand in cls.model_fields]
    literals = {operand for operand in possible if rng.random() < 0.5}
    if literals == set(cls.tensors):
        literals.discard(rng.choice(possible))
    if cls.input_kind == "list":
        fed: Fed = alike(rng)
    elif cls.input_kind == "either":
        fed = rng.choice((one(rng, 1, 2, 3), two(rng, function("matmul")), alike(rng)))
    else:
        tensors = two(rng, cls)[: len(cls.tensors) - len(literals)]
        fed = tensors if len(tensors) > 1 else one(rng, 0, 1, 2, 2, 3) if len(cls.tensors) == 1 else tensors[0]
    makers = {**{key: make for key, make in MAKERS.items() if key in cls.model_fields}, **MAKERS_OF_FUNCTION.get(name, {})}
    args = arguments(rng, cls, fed, {key: well_typed(cls, key, make) for key, make in makers.items()}, wrong=WRONG)
    for operand in possible:
        args.pop(operand, None)
        if operand in literals:
            args[operand] = makers[operand](rng, fed)
    return Case((Item(cls.spec_name(), args),), fed, ones=cls.category == "arithmetic")


def well_typed(cls: type[Operation], name: str, make: Make) -> Make:
    """A maker of values that the field accepts; a wrong type needs no comparison with Keras."""

    def checked(rng: Random, fed: Any) -> Raw:
        for _ in range(20):
            value = make(rng, fed)
            if value is DERIVE or takes(cls, name, value):
                return value
        return DERIVE

    return checked


def cases(name: str, count: int, seed: int) -> Iterator[tuple[Case, static_side.Static]]:
    """Different cases of a function with layerctl's verdict; of each three, two accepted and one refused if possible."""
    seen: set[str] = set()
    for number in range(count):
        rng = Random(f"{seed}:ops.{name}:{number}")
        fresh: dict[str, tuple[Case, static_side.Static]] = {}
        for _ in range(DRAWS):
            case = draw(rng, name)
            if (text := case.text()) not in seen:
                fresh[text] = case, static_side.judge(case)
                if fresh[text][1].verdict.accepted is (number % 3 != 2):
                    break
        if fresh:
            text, case_and_verdict = fresh.popitem()
            seen.add(text)
            yield case_and_verdict


def excused(case: Case, static: Verdict) -> bool:
    """Whether a refusal that Keras does not share is deliberate."""
    return any(re.search(known.says, static.says) for known in DELIBERATE)


def judge(name: str, count: int, *, seed: int = 0) -> Score:
    """The score of one function over generated cases."""
    score = Score(name)
    for case, static in cases(name, count, seed):
        if "LC2" not in static.verdict.says:  # a wrong type needs no comparison with Keras
            tally(score, case, static, excused)
    keras_side.clear()
    if not score.valid:
        score.problems.append(f"none of {score.total} cases of ops.{name} is valid in Keras: they say nothing about it")
    return score


def uncovered(makers: Mapping[str, Make] = MAKERS) -> list[str]:
    """Makers for arguments that no function has."""
    known = {field for name in FAMILIES for field in function(name).model_fields}
    return sorted(set(makers) - known)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.judge.operations")
    parser.add_argument("names", nargs="*", metavar="NAME", help="functions or patterns ('arc*'); all by default")
    parser.add_argument("--cases", type=int, default=30, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    options = parser.parse_args(argv)
    names = [
        name for name in sorted(FAMILIES) if not options.names or any(fnmatchcase(name, pattern) for pattern in options.names)
    ]
    good = bool(names)
    for name in names:
        score = judge(name, options.cases, seed=options.seed)
        good &= score.clean
        if not score.clean:
            print(f"ops.{name}: {len(score.disagreements)} of {score.total} disagree")
        for problem in (*score.problems, *score.disagreements[:4]):
            print(f"  {problem}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
