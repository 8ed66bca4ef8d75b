"""Where the weights of a rewritten spec come from, those of nested models too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from layerctl.catalog.layers._base import Layer
from layerctl.graph.graph import Op
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.resolved import plain_names


class Move(NamedTuple):
    """Where a new layer's weights come from.

    Attributes:
        source: the layer of the spec, by its name in the expanded spec; `encoder/dense` within a nested model.
        how: `same`; `window`: the same values in another shape; `matrix`: those of the matrix that the layer is.
        shape: of the kernel of a `window`; of one input of a `matrix`.
        layer: the one whose `matrix` it is.
        part: which of its weights.
        biases: how many are 0, for a layer that adds them where the other does not.
    """

    source: str
    how: Literal["same", "window", "matrix"]
    shape: tuple[int, ...] = ()
    layer: Layer | None = None
    part: slice = slice(None)
    biases: int = 0

    def within(self, model: str) -> Move:
        """The same of a layer within a nested model."""
        return self._replace(source=f"{model}/{self.source}")


def owns_weights(model: TypedGraph, index: int) -> bool:
    """Whether a node is the first call of a layer that has weights, or may have; those of nested models are their layers'."""
    node = model.graph.nodes[index]
    owner = isinstance(node, Op) and node.shared is None and not isinstance(node.layer, Functional)
    return owner and model.live[index] and model.nodes[index].weights != ()


def unmoved(model: TypedGraph) -> Iterator[tuple[str, Move]]:
    """The layers with weights of a nested model that stays as it is."""
    for index, (name, node) in enumerate(zip(plain_names(model.graph), model.graph.nodes, strict=True)):
        if isinstance(node, Op) and isinstance(node.layer, Functional) and node.shared is None and model.live[index]:
            yield from ((f"{name}/{layer}", move.within(name)) for layer, move in unmoved(node.layer.typed))
        elif owns_weights(model, index):
            yield name, Move(name, "same")


def named_models(items: list[dict[str, Any]], models: Mapping[str, Any]) -> set[str]:
    """The nested models that items call, themselves, within wrappers or within another model."""
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                look(key)
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)
        elif isinstance(value, str) and value in models and value not in found:
            found.add(value)
            found.update(named_models(models[value]["layers"], models))

    for item in items:
        operation = next(iter(item))
        look({operation: item[operation]})
    return found
