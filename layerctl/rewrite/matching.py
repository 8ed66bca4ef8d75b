"""Matches the layers of two specs whose weights can be moved so that both specs are the same function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice, permutations, product
from typing import NamedTuple

from layerctl.compiler.permission import own_layers
from layerctl.compiler.pipeline import Accepted
from layerctl.rewrite.interface import Interface
from layerctl.rewrite.layer_match import LayerMatch, step_matches
from layerctl.rewrite.model_steps import Steps
from layerctl.rewrite.normal_form import normalized
from layerctl.rewrite.step import Merge, Source, Step, Unlike
from layerctl.rewrite.surely import surely_unlike

ATTEMPTS = 60
"""How many orders of the inputs of sums are tried, where these look alike."""


class Matched(NamedTuple):
    """How weights move, and the pairs of steps that compute something else whatever their weights, in words."""

    layers: list[LayerMatch]
    unlike: list[str]


def match_layers(a: Accepted, b: Accepted, pairing: Interface, *, certain: bool = False) -> Matched:
    """How weights of `a` become weights of `b` so that both are the same function.

    Args:
        a: a spec.
        b: another.
        pairing: which of their inputs and outputs belong together.
        certain: whether steps may differ that are surely different functions; `unlike` then lists them.

    Raises:
        Unlike: no way is known.
    """
    for one in (a, b):
        for _, layer in own_layers(one):
            raise Unlike(f"what `{layer.operation}` computes is not known")
    steps = Steps.of(a.model), Steps.of(b.model)
    why = None
    for folding in (False, True):
        try:
            first, second = (normalized(one, folding=folding) for one in steps)
            return _Search(first, second, pairing, certain).run()
        except Unlike as unlike:
            why = why or unlike
    assert why is not None
    raise why


class _Search:
    """Tries the orders in which the inputs of sums, products, … may belong together, where that is open."""

    def __init__(self, a: Steps, b: Steps, pairing: Interface, certain: bool) -> None:
        self.a = a
        self.b = b
        self.pairing = pairing
        self.certain = certain
        places = {-1 - there: -1 - here for here, there in enumerate(pairing.inputs)}
        self.of_a = _signatures(a, {-1 - number: -1 - number for number in range(len(pairing.inputs))})
        self.of_b = _signatures(b, places)

    def run(self) -> Matched:
        """The first way to match that goes through.

        Raises:
            Unlike: none does; says why the first did not.
        """
        choices: list[int] = []
        first: Unlike | None = None
        for _ in range(ATTEMPTS):
            matching = _Matching(self, choices)
            try:
                return matching.run()
            except Unlike as unlike:
                first = first or unlike
            choices = matching.next_choices()
            if not choices:
                break
        assert first is not None
        raise first


class _Matching:
    """Walks through the steps of `a` and `b` in parallel, from their outputs to their inputs.

    Attributes:
        matches: by a layer of `b`, and by the index of its first weight that the match fills.
        unlike: pairs of steps that are surely different.
        open: for each open order the number of orders; `choices` says which of them is taken.
    """

    def __init__(self, search: _Search, choices: list[int]) -> None:
        self.search = search
        self.choices = choices
        self.open: list[int] = []
        self.matches: dict[str, dict[int, LayerMatch]] = {}
        self.unlike: list[str] = []

    def run(self) -> Matched:
        """The matches, in the order of the layers of `b`.

        Raises:
            Unlike: steps differ, or one layer would need the weights of two.
        """
        a, b, pairing = self.search.a, self.search.b, self.search.pairing
        left = list(zip(a.outputs, (b.outputs[at] for at in pairing.outputs), strict=True))
        seen = set()
        while left:
            pair = left.pop()
            if pair in seen:
                continue
            seen.add(pair)
            (one, path), (other, other_path) = pair
            same_input = one < 0 and other < 0 and pairing.inputs[-1 - one] == -1 - other
            if path != other_path or (min(one, other) < 0 and not same_input):
                raise Unlike(self.apart(one, other))
            if one >= 0:
                left += self.compare(a.steps[one], b.steps[other])
        order = {name: number for number, step in reversed(list(enumerate(b.steps))) for name in _paths(step)}
        by_layer = (self.matches[to] for to in sorted(self.matches, key=order.__getitem__))
        return Matched([parts[first] for parts in by_layer for first in sorted(parts)], self.unlike)

    def compare(self, one: Step, other: Step) -> Iterator[tuple[Source, Source]]:
        """Matches two steps; gives the pairs of what they read."""
        if len(one.sources) != len(other.sources):
            raise Unlike(f"{one.words}, and {other.words}")
        if self.search.certain and (why := surely_unlike(one, other)) is not None:
            self.unlike.append(why)
            other = other._replace(does=one.does)
        for match in step_matches(one, other):
            self.add(other, match)
        return zip(one.sources, self.ordered(one, other), strict=True)

    def ordered(self, one: Step, other: Step) -> tuple[Source, ...]:
        """What the other step reads, in the order in which it belongs to what the first one reads."""
        if not isinstance(one.does, Merge):
            return other.sources
        wanted, found = (
            [self.search.of_a[source] for source in one.sources],
            [self.search.of_b[source] for source in other.sources],
        )
        if Counter(wanted) == Counter(found):
            orders = [*islice(_alike(wanted, found, other.sources), ATTEMPTS)]
        else:
            orders = [*permutations(other.sources)] if len(other.sources) <= 4 else [other.sources]
        number = len(self.open)
        self.open.append(len(orders))
        return tuple(orders[self.choices[number] if number < len(self.choices) else 0])

    def next_choices(self) -> list[int]:
        """The next combination of orders; empty after the last one."""
        choices = [*self.choices, *(0 for _ in self.open)][: len(self.open)]
        while choices:
            if choices[-1] + 1 < self.open[len(choices) - 1]:
                return [*choices[:-1], choices[-1] + 1]
            choices.pop()
        return []

    def add(self, step: Step, match: LayerMatch) -> None:
        """Records the match of a step of `b`.

        Raises:
            Unlike: the step's layer has another match.
        """
        part = (step.part.start or 0) if match.to == step.path else 0
        before = self.matches.setdefault(match.to, {}).setdefault(part, match)
        if before != match:
            raise Unlike(f"`{match.b}` would need the weights of both `{before.a}` and `{match.a}`")

    def apart(self, one: int, other: int) -> str:
        """Why two sources differ, at least one of which is an input."""
        a, b = self.search.a.steps, self.search.b.steps
        words = a[one].words if one >= 0 else None, b[other].words if other >= 0 else None
        if words == (None, None):
            return "they read other inputs, or other outputs of a layer"
        return f"{words[0] or words[1]}, where the {'second' if words[0] else 'first'} spec has nothing more to do"


def _alike(wanted: list[int], found: list[int], sources: tuple[Source, ...]) -> Iterator[tuple[Source, ...]]:
    """The orders of sources in which their signatures, `found`, are those that are wanted."""
    marks = dict.fromkeys(found)
    groups = ([source for source, one in zip(sources, found, strict=True) if one == mark] for mark in marks)
    for orders in product(*(islice(permutations(group), ATTEMPTS) for group in groups)):
        left = dict(zip(marks, map(iter, orders), strict=True))
        yield tuple(next(left[mark]) for mark in wanted)


def _paths(step: Step) -> Iterator[str]:
    yield step.path
    yield from (norm.path for norm in (*step.before, *step.after))


def _signatures(steps: Steps, inputs: dict[int, int]) -> dict[Source, int]:
    """A number for each source, equal for equal steps that read equal sources, whatever the layers' names."""
    marks: dict[Source, int] = {}

    def mark(source: Source) -> int:
        number, path = source
        if source not in marks:
            marks[source] = hash((inputs.get(number) if number < 0 else own[number], path))
        return marks[source]

    own: dict[int, int] = {}
    for number, step in enumerate(steps.steps):
        read = [mark(source) for source in step.sources]
        own[number] = hash((repr(step.does), tuple(sorted(read) if isinstance(step.does, Merge) else read)))
        mark((number, ()))
    for source in (*steps.outputs, *(source for step in steps.steps for source in step.sources)):
        mark(source)
    return marks
