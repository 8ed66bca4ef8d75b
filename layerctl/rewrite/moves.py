"""Where the weights of a rewritten spec come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from layerctl.catalog.layers._base import Layer
from layerctl.catalog.layers._masks import flat_masks
from layerctl.graph.graph import Op
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.resolved import plain_names


class Norm(NamedTuple):
    """A normalization by a factor and an offset for each channel.

    Attributes:
        source: the layer, by its name in the expanded spec.
        epsilon: added to its variance.
        scale: whether it has a factor of its own.
        center: whether it has an offset of its own.
        channels: how many channels.
        inner: how many values that follow each other share a channel.
    """

    source: str
    epsilon: float
    scale: bool
    center: bool
    channels: int
    inner: int


class Move(NamedTuple):
    """Where a new layer's weights come from.

    Attributes:
        source: the old layer, by its name in the expanded spec; `encoder/dense` within a nested model.
        how: `same`; `window`: the same values in another shape; `matrix`: the layer written out as a matrix; `norm`: those of a
            normalization, `to`, that are a factor and an offset: those of the old layer if it is a normalization (`before`), the
            factor 1 and its offset if `offset` says so, else the factor 1 and no offset.
        shape: for a `window` that of the new kernel, for a `matrix` that of one input.
        layer: the old layer, for a `matrix`.
        part: which of the old layer's weights.
        biases: the number of biases, all 0, that the new layer has and the old layer has not.
        kernel: the shape of the new kernel, for a `matrix`.
        before: normalizations in front of the old layer, which become part of its kernel and bias.
        after: likewise those behind it.
        outputs: the axes of the old kernel along which its outputs lie.
        bias: whether the new layer has a bias; None if it has one where the old one has.
        to: for a `norm` the new normalization.
        offset: for a `norm` whether it takes over the bias of the old layer.
    """

    source: str
    how: Literal["same", "window", "matrix", "norm"]
    shape: tuple[int, ...] = ()
    layer: Layer | None = None
    part: slice = slice(None)
    biases: int = 0
    kernel: tuple[int, ...] = ()
    before: tuple[Norm, ...] = ()
    after: tuple[Norm, ...] = ()
    outputs: tuple[int, ...] = (-1,)
    bias: bool | None = None
    to: Norm | None = None
    offset: bool = False

    def within(self, model: str) -> Move:
        """The same move for a layer within a nested model."""
        return self._replace(source=f"{model}/{self.source}")


def owns_weights(model: TypedGraph, index: int) -> bool:
    """Whether a node is the first call of a layer that has weights, or may have; a nested model has none of its own."""
    node = model.graph.nodes[index]
    owner = isinstance(node, Op) and node.shared is None and not isinstance(node.layer, Functional)
    return owner and model.live[index] and model.nodes[index].weights != ()


def unmoved(model: TypedGraph) -> Iterator[tuple[str, Move]]:
    """The moves of a nested model that is not rewritten."""
    for index, (name, node) in enumerate(zip(plain_names(model.graph), model.graph.nodes, strict=True)):
        if isinstance(node, Op) and isinstance(node.layer, Functional) and node.shared is None and model.live[index]:
            yield from ((f"{name}/{layer}", move.within(name)) for layer, move in unmoved(node.layer.typed))
        elif owns_weights(model, index):
            yield name, Move(name, "same")


def given_masks(model: TypedGraph, within: str = "") -> Iterator[tuple[str, Op]]:
    """The calls that are given a mask, by the names of their layers in the expanded spec; those in nested models too."""
    names = plain_names(model.graph)
    for index, op in enumerate(model.graph.nodes):
        if not isinstance(op, Op) or not model.live[index] or op.inputs is None:
            continue
        name = within + names[index if op.shared is None else op.shared]
        if isinstance(op.layer, Functional):
            yield from given_masks(op.layer.in_call(model, op), f"{name}/")
        elif any(mask is not None for ref in op.refs() for mask in flat_masks(model.mask(ref))):
            yield name, op


def named_models(items: list[dict[str, Any]], models: Mapping[str, Any]) -> set[str]:
    """The nested models that the items call, also within wrappers and other nested models."""
    named: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                look(key)
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)
        elif isinstance(value, str) and value in models and value not in named:
            named.add(value)
            named.update(named_models(models[value]["layers"], models))

    for item in items:
        operation = next(iter(item))
        look({operation: item[operation]})
    return named
