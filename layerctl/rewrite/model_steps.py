"""A model as a graph of steps, in which two models can be compared that are written in different layers.

A step has a form that is equal for layers that compute the same. Nested models are replaced by their steps, a layer that equals
several layers in a row by theirs. A layer that returns its input, or only gives it another shape, is not a step.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Tree, leaves
from layerctl.catalog.layers._masks import flat_masks
from layerctl.codegen.plan import paths
from layerctl.graph.graph import Op, Ref
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph, pick
from layerctl.language.resolved import plain, plain_names
from layerctl.rewrite.layer_steps import decomposed, steps_of
from layerctl.rewrite.step import Source, Step, Unlike, known


class Steps:
    """The steps of a model, each after its sources, and the sources of the model's outputs."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.outputs: tuple[Source, ...] = ()

    @classmethod
    def of(cls, model: TypedGraph) -> Steps:
        """The steps of a model.

        Raises:
            Unlike: a size is unknown.
        """
        steps = cls()
        inputs: list[Source] = [(-1 - number, ()) for number in range(len(model.graph.inputs))]
        steps.outputs = steps.model(model, inputs, "", "", [ref for _, ref, _ in returned(model)])
        return steps

    def model(self, model: TypedGraph, inputs: list[Source], name: str, path: str, outputs: Iterable[Ref]) -> tuple[Source, ...]:
        """Adds the steps of a model or nested model with these inputs; gives the sources of these outputs."""
        graph, unread = model.graph, iter(inputs)
        values: dict[int, Any] = {}
        names = plain_names(graph)

        def source(ref: Ref) -> Source:
            value, path = values[ref.node], list(ref.path)
            while isinstance(value, dict):
                value = value[path.pop(0) if path else 0]
            return (value[0], (*value[1], *path))

        for index, (node, plainly) in enumerate(zip(graph.nodes, names, strict=True)):
            if not isinstance(node, Op):
                values[index] = next(unread)
            elif model.live[index] and node.layer is not None:
                owner = index if node.shared is None else node.shared
                called = name + graph.nodes[owner].name, path + (plainly if owner == index else names[owner])
                add = self.nested if isinstance(node.layer, Functional) else self.call
                values[index] = add(model, index, [*map(source, node.refs())], called)
        return tuple(map(source, outputs))

    def nested(self, model: TypedGraph, index: int, sources: list[Source], names: tuple[str, str]) -> Any:
        """Adds the steps of a nested model; gives the source of its output, or of several by number or key."""
        op = model.graph.nodes[index]
        assert isinstance(op, Op)
        assert isinstance(op.layer, Functional)
        if any(op.literals.values()):
            raise Unlike(f"`{names[0]}` is called with {', '.join(op.literals)}, and is then not looked into")
        inner = op.layer.in_call(model, op)
        wanted = [output.ref for output in inner.graph.outputs]
        outputs = self.model(inner, sources, f"{names[0]}/", f"{names[1]}/", wanted)
        if inner.graph.keyed_outputs:
            return {output.name: source for output, source in zip(inner.graph.outputs, outputs, strict=True)}
        return outputs[0] if len(outputs) == 1 else dict(enumerate(outputs))

    def call(self, model: TypedGraph, index: int, sources: list[Source], names: tuple[str, str]) -> Source:
        """Adds the steps of one call; gives the source of its output."""
        op, output = model.graph.nodes[index], model.nodes[index].output
        assert isinstance(op, Op)
        layer = op.layer
        assert layer is not None
        named = {} if layer.commutes is not None else dict.fromkeys(op.arguments)
        options = {**{key: value for key, value in plain(op.literals).items() if value}, **named}
        idle = layer.is_identity or layer.only_reshapes
        if len(sources) == 1 and idle and isinstance(output, Tensor) and not options:
            return sources[0]
        if any(isinstance(inner, Functional) for inner in layer.contents):
            raise Unlike(f"`{names[0]}` holds a model, which is not looked into")
        shapes = tuple(
            known(op.name, tensor) for ref in op.refs() if (tree := model.tensor(ref)) is not None for tensor in leaves(tree)
        )
        after = known(op.name, output) if isinstance(output, Tensor) else ()
        masked = tuple(mask is not None for ref in op.refs() for mask in flat_masks(model.mask(ref)))
        if any(masked) and layer.heeds_mask:
            options["masked"] = masked
        weights = tuple(weight.shape for weight in model.nodes[index if op.shared is None else op.shared].weights or ())
        parts = decomposed(names, layer, shapes[0]) if layer.decomposed() else None
        for step in parts or steps_of(names, layer, shapes, after, options, weights):
            self.steps.append(step._replace(sources=tuple(sources)))
            sources = [(len(self.steps) - 1, ())]
        return sources[0]


def returned(model: TypedGraph) -> list[tuple[str, Ref, Tree | None]]:
    """Each tensor that a model returns, with its name; those of one output in Keras's order."""
    return [
        (output.name + "".join(f"[{step}]" for step in path), Ref(output.ref.node, (*output.ref.path, *path)), pick(tree, path))
        for output in model.graph.outputs
        for tree in (model.tensor(output.ref),)
        for path in paths(tree)
    ]
