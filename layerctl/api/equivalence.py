"""Whether two specs are the same function for some weights: found by their structure, then shown with moved weights."""

from __future__ import annotations

import os
from typing import Any, Literal, NamedTuple

from layerctl.base.shapes import Tensor, prod
from layerctl.catalog.layers._base import Product
from layerctl.compiler.permission import own_layers
from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.variants import Variant, read
from layerctl.graph.typed import TypedGraph
from layerctl.rewrite.moves import Move
from layerctl.rewrite.steps import Step, Steps, Unlike, known

LARGEST = 50_000_000
"""Values of a matrix that a convolution is turned into, at most."""
Rule = Literal["product", "matrix", "same"]


class Moved(NamedTuple):
    """How the weights of a layer become those of one of the other spec.

    Attributes:
        a: the layer.
        b: the other one.
        rule: `product`: the kernel in another shape; `matrix`: a convolution written out as a sparse, tied matrix; `same`: as
            it is.
        to: the other one's name in its expanded spec.
        move: what happens to the weights.
    """

    a: str
    b: str
    rule: Rule
    to: str
    move: Move


def equivalence(a: str | os.PathLike[str] | Variant, b: str | os.PathLike[str] | Variant) -> dict[str, Any]:
    """Says whether two specs are the same function for some weights, and shows it.

    For each weights of the one there are weights of the other that give the same outputs where both take the same steps; a Dense
    on flattened values is a convolution over the full window, a Dense on the last axis is a 1×1 convolution, a separable one is a
    depthwise and a 1×1 one, and any convolution is a Dense with a sparse, tied matrix (not the other way round).

    Returns:
        `equivalent` (`yes`, `no`, `unknown`), the direction in which weights can be moved (`both`, `a_to_b`, `b_to_a`), how (from
        the layers of the first in that direction), and a certificate: the greatest difference of outputs, and the bound that
        rounding allows.

    Raises:
        SpecError: a spec has errors.
        MissingPackage: Keras is not installed.
    """
    found = [one if isinstance(one, Variant) else read(os.fspath(one)) for one in (a, b)]
    names = {"version": 1, "a": found[0].text, "b": found[1].text}
    ways: dict[str, list[Moved] | Unlike] = {}
    for direction, (one, other) in (("a_to_b", found), ("b_to_a", found[::-1])):
        try:
            ways[direction] = way(one.compiled, other.compiled)
        except Unlike as unlike:
            ways[direction] = unlike
    open_ways = {key: moves for key, moves in ways.items() if isinstance(moves, list)}
    if not open_ways:
        why = ways["a_to_b"]
        assert isinstance(why, Unlike)
        answer = "no" if why.proven else "unknown"
        return {**names, "equivalent": answer, "direction": None, "moved": [], "reason": str(why), "certificate": None}
    direction, moves = next(iter(open_ways.items()))
    from layerctl.runtime.conversion.equivalence import certify

    first, second = found if direction == "a_to_b" else found[::-1]
    certificate = certify(first, second, moves)
    held = all(certificate[dtype]["within"] for dtype in certificate["dtypes"])
    return {
        **names,
        "equivalent": "yes" if held else "unknown",
        "direction": "both" if len(open_ways) == 2 else direction,
        "moved": [{"a": move.a, "b": move.b, "rule": move.rule} for move in moves],
        "reason": None if held else "the outputs differ by more than rounding explains, although the structure says otherwise",
        "certificate": certificate,
    }


def way(a: Accepted, b: Accepted) -> list[Moved]:
    """How weights of `a` become weights of `b` for which both are one function.

    Raises:
        Unlike: none was found.
    """
    for one in (a, b):
        for _, layer in own_layers(one):
            raise Unlike(f"what `{layer.operation}` computes is not known")
    for what, held, wanted in zip(("inputs", "outputs"), _ends(a.model), _ends(b.model), strict=True):
        if held != wanted:
            raise Unlike(f"their {what} hold {_listed(held)} and {_listed(wanted)} values", proven=True)
    return _Match(Steps.of(a.model), Steps.of(b.model)).moves()


def _listed(values: list[int]) -> str:
    return ", ".join(f"{count:,}" for count in values)


class _Match:
    """Two graphs of steps, gone through from their outputs at the same time."""

    def __init__(self, a: Steps, b: Steps) -> None:
        self.a = a
        self.b = b
        self.found: dict[str, dict[int, Moved]] = {}

    def moves(self) -> list[Moved]:
        """How weights move, in the order of the other spec's layers.

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
                    raise Unlike(f"{a.said}, and {b.said}")
                self.add(b, _moved(a, b))
                left += zip(a.sources, b.sources, strict=True)
        order = {step.path: number for number, step in reversed(list(enumerate(self.b.steps)))}
        by_layer = (self.found[to] for to in sorted(self.found, key=order.__getitem__))
        return [parts[first] for parts in by_layer for first in sorted(parts)]

    def add(self, step: Step, move: Moved | None) -> None:
        if move is None:
            return
        before = self.found.setdefault(move.to, {}).setdefault(step.part.start or 0, move)
        if before != move:
            raise Unlike(f"`{move.b}` would need the weights of both `{before.a}` and `{move.a}`")

    def apart(self, one: int, other: int) -> str:
        """Why what two steps read is not the same: at least one of them is an input."""
        a, b = self.a.steps[one].said if one >= 0 else None, self.b.steps[other].said if other >= 0 else None
        if a is None and b is None:
            return "they read other inputs, or other outputs of a layer"
        return f"{a or b}, where the {'second' if a else 'first'} spec has nothing more to do"


def _moved(one: Step, other: Step) -> Moved | None:
    """How weights move from one step to another; None where there are none to move.

    Raises:
        Unlike: no way is known.
    """
    same = one.does == other.does
    if same and (one.layer is None or other.layer is None):
        return None
    dense = other.does
    written_out = isinstance(dense, Product) and (dense.positions, dense.inputs, dense.outputs) == (1, prod(one.given), one.made)
    as_matrix = not same and written_out and one.layer is not None and one.layer.is_matrix and not one.layer.lora_enabled
    if not same and not as_matrix:
        raise Unlike(f"{one.said}, and {other.said}; no weights are known for which that is the same")
    if one.adds and not other.adds:
        raise Unlike(f"`{one.name}` adds a bias, and `{other.name}` none")
    size = (prod(one.given) or 0) * one.made
    if as_matrix and size > LARGEST:
        raise Unlike(f"`{one.name}` as a matrix would have {size:,} values, and {LARGEST:,} is the most that is tried")
    biases = other.weights[-1][0] if other.adds and not one.adds else 0
    if as_matrix:
        return Moved(one.name, other.name, "matrix", other.path, Move(one.path, "matrix", one.given, one.layer, one.part, biases))
    if isinstance(one.does, Product):
        return Moved(
            one.name, other.name, "product", other.path, Move(one.path, "window", other.weights[0], None, one.part, biases)
        )
    if not other.weights:
        return None
    return Moved(one.name, other.name, "same", other.path, Move(one.path, "same", (), None, one.part, biases))


def _ends(model: TypedGraph) -> tuple[list[int], list[int]]:
    """How many values each input and each output holds."""
    outputs = [tensor for _, _, tensor in model.outputs()]
    inputs = [Tensor(node.shape, node.dtype) for node in model.graph.inputs]
    return tuple([prod(known(model.graph.name, tensor)) or 0 for tensor in tensors] for tensors in (inputs, outputs))  # type: ignore[return-value]
