"""Matches the layers of two specs whose weights can be moved so that both specs are the same function."""

from __future__ import annotations

from typing import Literal, NamedTuple

from layerctl.base.shapes import Tensor, prod
from layerctl.catalog.layers._base import Product
from layerctl.compiler.permission import own_layers
from layerctl.compiler.pipeline import Accepted
from layerctl.graph.typed import TypedGraph
from layerctl.rewrite.moves import Move
from layerctl.rewrite.steps import Step, Steps, Unlike, known

LARGEST = 50_000_000
"""The most values of a matrix that a convolution is turned into."""
Rule = Literal["product", "matrix", "same"]


class LayerMatch(NamedTuple):
    """A layer `a` whose weights become those of a layer `b` of the other spec.

    Attributes:
        rule: `product`: the kernel in another shape; `matrix`: a convolution written out as a sparse, tied matrix; `same`:
            unchanged.
        to: the name of `b` in its expanded spec.
        move: how the weights change.
    """

    a: str
    b: str
    rule: Rule
    to: str
    move: Move


def match_layers(a: Accepted, b: Accepted) -> list[LayerMatch]:
    """How weights of `a` become weights of `b` so that both are the same function.

    Raises:
        Unlike: no way is known.
    """
    for one in (a, b):
        for _, layer in own_layers(one):
            raise Unlike(f"what `{layer.operation}` computes is not known")
    for what in ("inputs", "outputs"):
        first, second = (_sizes(one.model)[what] for one in (a, b))
        if first != second:
            raise Unlike(f"their {what} hold {_listed(first)} and {_listed(second)} values", proven=True)
    return _Matching(Steps.of(a.model), Steps.of(b.model)).run()


def _sizes(model: TypedGraph) -> dict[str, list[int]]:
    """How many values each input and each output holds."""
    inputs = [Tensor(node.shape, node.dtype) for node in model.graph.inputs]
    tensors = {"inputs": inputs, "outputs": [tensor for _, _, tensor in model.outputs()]}
    return {what: [prod(known(model.graph.name, one)) or 0 for one in every] for what, every in tensors.items()}


def _listed(values: list[int]) -> str:
    return ", ".join(f"{count:,}" for count in values)


class _Matching:
    """Walks through the steps of `a` and `b` in parallel, from their outputs to their inputs.

    Attributes:
        matches: by a layer of `b`, and by the index of its first weight that the match fills.
    """

    def __init__(self, a: Steps, b: Steps) -> None:
        self.a = a
        self.b = b
        self.matches: dict[str, dict[int, LayerMatch]] = {}

    def run(self) -> list[LayerMatch]:
        """The matches, in the order of the layers of `b`.

        Raises:
            Unlike: steps differ, or one layer would need the weights of two.
        """
        left = list(zip(self.a.outputs, self.b.outputs, strict=True))
        seen = set()
        while left:
            pair = left.pop()
            if pair in seen:
                continue
            seen.add(pair)
            (one, path), (other, other_path) = pair
            if path != other_path or (min(one, other) < 0 and one != other):
                raise Unlike(self.apart(one, other))
            if one >= 0:
                a, b = self.a.steps[one], self.b.steps[other]
                if len(a.sources) != len(b.sources):
                    raise Unlike(f"{a.words}, and {b.words}")
                self.add(b, _match(a, b))
                left += zip(a.sources, b.sources, strict=True)
        order = {step.path: number for number, step in reversed(list(enumerate(self.b.steps)))}
        by_layer = (self.matches[to] for to in sorted(self.matches, key=order.__getitem__))
        return [parts[first] for parts in by_layer for first in sorted(parts)]

    def add(self, step: Step, match: LayerMatch | None) -> None:
        """Records the match of a step of `b`.

        Raises:
            Unlike: the step's layer has another match.
        """
        if match is None:
            return
        before = self.matches.setdefault(match.to, {}).setdefault(step.part.start or 0, match)
        if before != match:
            raise Unlike(f"`{match.b}` would need the weights of both `{before.a}` and `{match.a}`")

    def apart(self, one: int, other: int) -> str:
        """Why two sources differ, at least one of which is an input."""
        a, b = self.a.steps[one].words if one >= 0 else None, self.b.steps[other].words if other >= 0 else None
        if a is None and b is None:
            return "they read other inputs, or other outputs of a layer"
        return f"{a or b}, where the {'second' if a else 'first'} spec has nothing more to do"


def _match(one: Step, other: Step) -> LayerMatch | None:
    """How weights move from one step to another; None if there are none to move.

    Raises:
        Unlike: no way is known.
    """
    same = one.does == other.does
    if same and (one.layer is None or other.layer is None):
        return None
    dense, sizes = other.does, (1, prod(one.shape), one.outputs)
    written_out = isinstance(dense, Product) and (dense.positions, dense.inputs, dense.outputs) == sizes
    as_matrix = not same and written_out and one.layer is not None and one.layer.is_matrix and not one.layer.lora_enabled
    if not same and not as_matrix:
        raise Unlike(f"{one.words}, and {other.words}; no weights are known for which that is the same")
    if one.adds and not other.adds:
        raise Unlike(f"`{one.name}` adds a bias, and `{other.name}` none")
    size = (prod(one.shape) or 0) * one.outputs
    if as_matrix and size > LARGEST:
        raise Unlike(f"`{one.name}` as a matrix would have {size:,} values, and {LARGEST:,} is the most that is tried")
    rule: Rule = "matrix" if as_matrix else "product" if isinstance(one.does, Product) else "same"
    if rule == "same" and not other.weights:
        return None
    biases = other.weights[-1][0] if other.adds and not one.adds else 0
    move = Move(one.path, "same", part=one.part, biases=biases)
    if rule == "matrix":
        move = move._replace(how="matrix", shape=one.shape, layer=one.layer)
    elif rule == "product":
        move = move._replace(how="window", shape=other.weights[0])
    return LayerMatch(one.name, other.name, rule, other.path, move)
