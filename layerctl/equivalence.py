"""Whether two specs are the same function for some weights: found by their structure, then shown with moved weights."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from layerctl.activations import OVER_LAST_AXIS
from layerctl.compiler import Compiled
from layerctl.emit.resolved import plain
from layerctl.errors import SpecError
from layerctl.graph import Op, Ref
from layerctl.layers._base import Layer, Product
from layerctl.permission import own_layers
from layerctl.shapes import Shape, Tensor, prod
from layerctl.typed import TypedGraph
from layerctl.variants import Variant, read

NOT_THE_FUNCTION = ("_initializer", "_regularizer", "_constraint")
SAYS_NOTHING = ("trainable", "dtype", "autocast", "activation", "use_bias")
LARGEST = 50_000_000
"""Values of a matrix that a convolution is turned into, at most."""
Rule = Literal["product", "matrix", "same"]


class Step(NamedTuple):
    """What a layer does to the values.

    Attributes:
        name: of the layer.
        does: a matrix product, an activation, or anything else as plain data.
        bias: whether one is added.
        linear: whether it is a weighted sum, and so some matrix product.
        values: how many it reads and how many it gives.
    """

    name: str
    does: Any
    bias: bool = False
    linear: bool = False
    values: tuple[int, int] = (0, 0)


class Activation(NamedTuple):
    """An activation function, and the length of the axis that it works along, if it does."""

    name: str | None
    along: int | None


class Moved(NamedTuple):
    """How the weights of a layer become those of one of the other spec.

    Attributes:
        a: the layer.
        b: the other one.
        rule: `product`: the kernel in another shape; `matrix`: a convolution written out as a sparse, tied matrix; `same`: as
            it is.
    """

    a: str
    b: str
    rule: Rule


class Unlike(Exception):
    """No way was found; the text says why, and `proven` whether there is none."""

    def __init__(self, why: str, *, proven: bool = False) -> None:
        super().__init__(why)
        self.proven = proven


def equivalence(a: str | os.PathLike[str] | Variant, b: str | os.PathLike[str] | Variant) -> dict[str, Any]:
    """Says whether two specs are the same function for some weights, and shows it.

    For each weights of the one there are weights of the other that give the same outputs where both are plain sequences of the
    same steps; a Dense on flattened values is a convolution over the full window, a Dense on the last axis is a 1×1 convolution,
    and any convolution is a Dense with a sparse, tied matrix (not the other way round).

    Returns:
        `equivalent` (`yes`, `no`, `unknown`), the direction in which weights can be moved (`both`, `a_to_b`, `b_to_a`), how (from
        the layers of the first in that direction), and a certificate: the greatest difference of outputs, and the bound that
        rounding allows.

    Raises:
        SpecError: a spec has errors.
        MissingPackage: Keras is not installed.
    """
    found = [one if isinstance(one, Variant) else read(os.fspath(one)) for one in (a, b)]
    for one in found:
        if not one.compiled.ok or one.compiled.model is None:
            raise SpecError(one.compiled.diagnostics)
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
    from layerctl.runtime.equivalence import certify

    first, second = found if direction == "a_to_b" else found[::-1]
    certificate = certify(first, second, moves)
    apart = [found for found in certificate.values() if isinstance(found, dict)]
    held = all(found["max_abs_difference"] <= found["bound"] for found in apart)
    return {
        **names,
        "equivalent": "yes" if held else "unknown",
        "direction": "both" if len(open_ways) == 2 else direction,
        "moved": [move._asdict() for move in moves],
        "reason": None if held else "the outputs differ by more than rounding explains, although the structure says otherwise",
        "certificate": certificate,
    }


def way(a: Compiled, b: Compiled) -> list[Moved]:
    """How weights of `a` become weights of `b` for which both are one function.

    Raises:
        Unlike: none was found.
    """
    assert a.model is not None
    assert b.model is not None
    for one in (a, b):
        for _, layer in own_layers(one):
            raise Unlike(f"what `{layer.operation}` computes is not known")
    ends = [(_values(_ends(model)[0]), _values(_ends(model)[1])) for model in (a.model, b.model)]
    for what, one, other in zip(("inputs", "outputs"), *ends, strict=True):
        if one != other:
            raise Unlike(f"their {what} hold {one:,} and {other:,} values", proven=True)
    first, second = list(steps(a.model)), list(steps(b.model))
    if len(first) != len(second):
        raise Unlike(f"they take {len(first)} and {len(second)} steps: {_said(first)} against {_said(second)}")
    moves = (_moved(one, other) for one, other in zip(first, second, strict=True))
    return [move for move in moves if move is not None]


def _said(found: Iterable[Step]) -> str:
    return " → ".join(step.name for step in found) or "nothing"


def _moved(one: Step, other: Step) -> Moved | None:
    """How weights move from one step to another; None where there are none to move."""
    if one.does == other.does and isinstance(one.does, Activation):
        return None
    if one.does == other.does and (other.bias or not one.bias):
        return Moved(one.name, other.name, "product" if isinstance(one.does, Product) else "same")
    dense = other.does
    written_out = isinstance(dense, Product) and dense.positions == 1 and (dense.inputs, dense.outputs) == one.values
    if one.linear and written_out and (other.bias or not one.bias):
        if prod(one.values) > LARGEST:  # type: ignore[operator]
            raise Unlike(
                f"`{one.name}` as a matrix would have {prod(one.values):,} values, and {LARGEST:,} is the most that is tried"
            )
        return Moved(one.name, other.name, "matrix")
    if one.does == other.does:
        raise Unlike(f"`{one.name}` adds a bias, and `{other.name}` none")
    raise Unlike(f"no weights are known for which `{other.name}` does what `{one.name}` does")


def steps(model: TypedGraph) -> Iterator[Step]:
    """What a plain sequence of layers does, without what leaves the values as they are.

    Raises:
        Unlike: it is none.
    """
    inside, last = [], None
    for index, node in enumerate(model.graph.nodes):
        if not isinstance(node, Op) or not model.live[index]:
            last = index if not isinstance(node, Op) else last
            continue
        if (
            node.layer is None
            or node.shared is not None
            or node.inputs != Ref(last if last is not None else -1)
            or node.arguments
        ):
            raise Unlike(
                f"`{model.graph.name}` is no plain sequence: `{node.name}` reads something else than the layer before it"
            )
        inside.append((node, node.layer, model.nodes[last].output, model.nodes[index].output))  # type: ignore[index]
        last = index
    for node, layer, given, made in inside:
        if not isinstance(given, Tensor) or not isinstance(made, Tensor):
            raise Unlike(f"`{node.name}` reads or gives more than one tensor")
        if layer.category == "models":
            raise Unlike(f"`{node.name}` is a model of its own, which is not looked into")
        if not layer.keeps_order:
            yield from _steps(node.name, layer, given.shape, made.shape)


def _steps(name: str, layer: Layer, given: Shape, made: Shape) -> Iterator[Step]:
    """The steps of one layer: the work, then the activation."""
    activation = layer.final_activation
    arguments = {
        key: plain(getattr(layer, key))
        for key in type(layer).model_fields
        if key not in SAYS_NOTHING and not key.endswith(NOT_THE_FUNCTION)
    }
    along = made[-1] if activation in OVER_LAST_AXIS else None
    if layer.category == "activations":
        plainly = activation is not None and not set(layer.given()) - {"activation"}
        yield Step(name, Activation(activation, along) if plainly else (layer.keras_name(), arguments, given[1:]))
        return
    bias = layer.bias_axis is not None
    does = layer.product(given) or (layer.keras_name(), arguments, given[1:])
    yield Step(name, does, bias, layer.linear, (_values(given), _values(made)))
    if layer.linear and activation != "linear":
        yield Step(name, Activation(activation, along))


def _values(shape: Shape) -> int:
    total = prod(shape[1:])
    if total is None:
        raise Unlike("a dimension is unknown; write it into `inputs`")
    return total


def _ends(model: TypedGraph) -> tuple[Shape, Shape]:
    outputs = model.outputs()
    if len(model.graph.inputs) != 1 or len(outputs) != 1:
        raise Unlike(f"`{model.graph.name}` has several inputs or outputs")
    return model.graph.inputs[0].shape, outputs[0][2].shape
