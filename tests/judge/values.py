"""Argument values for the pydantic fields of a class: valid ones, and well-typed ones that are out of range.

The field's validation sorts a pool of candidates. Those that it accepts are valid. A refused candidate is out of range if an
accepted one has the same form: `0` beside `3`, `(1, 0)` beside `(1, 2)`, a word that is no choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product
from random import Random
from typing import Any, Literal, get_args, get_origin

from pydantic_core import ValidationError

from layerctl.catalog import CATALOGS, Arguments, Kind
from layerctl.catalog.activations import ACTIVATIONS, UNUSABLE
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.layers._calls import POLICIES
from layerctl.language.bind import object_fields
from tests.judge.case import Raw

INTEGERS = (-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 12)
FLOATS = (-1.5, -0.25, 0.0, 0.001, 0.1, 0.25, 0.5, 0.9, 1.0, 1.5, 2.0)
WORDS = ("nonsense",)

Make = Callable[[Random, Any], Raw]
"""Draws an argument, from a random source and the layer's inputs; `DERIVE` leaves it to the field."""

DERIVE: Any = object()


def tuples() -> Iterator[Raw]:
    rng = Random(0)
    yield ()
    for length in (1, 2, 3, 4):
        yield from ((n,) * length for n in (1, 2, 3))
        yield from (tuple(rng.choice(INTEGERS[2:8]) for _ in range(length)) for _ in range(12))
        yield from (tuple(rng.choice(INTEGERS[4:8]) for _ in range(length)) for _ in range(8))
    for length in (1, 2, 3):
        yield from (tuple((rng.choice((0, 1, 2)), rng.choice((0, 1, 3))) for _ in range(length)) for _ in range(6))
    yield ((1, -1),)
    yield ((1, 1), (0, -1))
    yield from product((0.5, 1.0), repeat=2)


CANDIDATES: tuple[Raw, ...] = (None, False, True, *INTEGERS, *FLOATS, *WORDS, *tuples())


def form(value: Raw) -> Any:
    """The form of a value: its type, and for a tuple those of its parts."""
    if isinstance(value, tuple):
        return frozenset(form(part) for part in value)
    return type(value)


def choices(annotation: Any) -> tuple[str, ...]:
    """The words of every Literal within a type."""
    if get_origin(annotation) is Literal:
        return tuple(choice for choice in get_args(annotation) if isinstance(choice, str))
    return tuple(word for arm in get_args(annotation) for word in choices(arm))


@cache
def pools(cls: type[Arguments], name: str) -> tuple[tuple[Raw, ...], tuple[Raw, ...]]:
    """Values that a field accepts, and well-typed ones that it refuses."""
    words = choices(cls.model_fields[name].annotation)
    good: list[Raw] = []
    rest: list[Raw] = []
    for value in (*words, *CANDIDATES):
        (good if takes(cls, name, value) else rest).append(value)
    forms = {form(value) for value in good}
    if any(isinstance(value, tuple) for value in good):
        forms.add(form(()))
    return tuple(good), tuple(value for value in rest if form(value) in forms)


def takes(cls: type[Arguments], name: str, value: Raw) -> bool:
    try:
        cls.model_validate({name: value})
    except ValidationError as error:
        return not any(detail["loc"][:1] == (name,) for detail in error.errors(include_url=False))
    return True


def pick(rng: Random, values: tuple[Raw, ...], rank: int | None) -> Raw:
    """One of the values: all forms equally likely, lists mostly as long as the layer has axes."""
    kinds: dict[Any, list[Raw]] = {}
    for value in values:
        kinds.setdefault(form(value) if not isinstance(value, tuple) else tuple, []).append(value)
    chosen = kinds[rng.choice(list(kinds))]
    if isinstance(chosen[0], tuple) and rank is not None and rng.random() < 0.85:
        chosen = [value for value in chosen if len(value) == rank] or chosen
    return rng.choice(chosen)


def spatial(name: str) -> int | None:
    """The number of axes in a class's name."""
    match = re.search(r"([123])D", name)
    return int(match[1]) if match else None


def arguments(
    rng: Random, cls: type[Arguments], fed: Any, makers: Mapping[str, Make], *, wrong: float, common: float = 0.07
) -> dict[str, Raw]:
    """Arguments of a class: the required ones, and some of the others.

    Args:
        rng: the random source.
        cls: the class that takes them.
        fed: the layer's inputs, for the makers.
        makers: draws particular arguments, from the table.
        wrong: the probability that one argument is out of range.
        common: the probability of each argument that all layers have.
    """
    fields = cls.model_fields
    base = Layer.model_fields if issubclass(cls, Layer) else {}
    share = rng.choice((0.1, 0.3, 0.5))
    chosen = [n for n, info in fields.items() if info.is_required() or rng.random() < (common if n in base else share)]
    bad = rng.choice(chosen) if chosen and rng.random() < wrong else None
    out: dict[str, Raw] = {}
    for name in chosen:
        drawn = makers[name](rng, fed) if name in makers and name != bad else DERIVE
        value = drawn if drawn is not DERIVE else field_value(rng, cls, name, bad=name == bad, wrong=wrong)
        if value is not DERIVE:
            out[name] = value
    return out


def field_value(rng: Random, cls: type[Arguments], name: str, *, bad: bool, wrong: float) -> Raw:
    kind = object_fields(cls).get(name)
    if kind is not None:
        return any_object(rng, kind, wrong if bad else 0.0)
    if name == "dtype" and issubclass(cls, Layer):
        return rng.choice([policy for policy in POLICIES if "float" in policy])
    good, out_of_range = pools(cls, name)
    if bad and out_of_range:
        return pick(rng, out_of_range, spatial(cls.keras_name()))
    return pick(rng, good, spatial(cls.keras_name())) if good else DERIVE


def any_object(rng: Random, kind: Kind, wrong: float) -> Raw:
    """An initializer, activation, … by name or with arguments, or null."""
    if rng.random() < 0.1:
        return None
    if kind.name == "activations":
        return activation(rng, wrong)
    if kind.name == "layers":
        return DERIVE
    catalog = CATALOGS[kind.name]
    names = catalog.names()
    if not names:
        return DERIVE
    cls = catalog.find(rng.choice(names))
    assert cls is not None
    if rng.random() < 0.5 and not any(info.is_required() for info in cls.model_fields.values()):
        return cls.keras_name()
    return {cls.keras_name(): arguments(rng, cls, None, {}, wrong=wrong) or None}


def activation(rng: Random, wrong: float) -> Raw:
    if rng.random() < wrong:
        return rng.choice(sorted(UNUSABLE))
    catalog = CATALOGS["layers"]
    usable = [name for name in catalog.names() if getattr(catalog.find(name), "usable_as_activation", False)]
    if usable and rng.random() < 0.15:
        cls = catalog.find(rng.choice(usable))
        assert cls is not None
        return {cls.keras_name(): arguments(rng, cls, None, {}, wrong=wrong, common=0.02) or None}
    return rng.choice(sorted(ACTIVATIONS))
