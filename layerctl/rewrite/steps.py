"""What a model does to values, layer by layer: what two models have in common that are written in different layers.

A step is a matrix product, an activation, or the work of a layer that is neither. Nested models are looked into, layers that are
others in a row are taken apart, and what leaves the values as they are, in their order, is no step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from layerctl.base.shapes import Tensor, prod
from layerctl.catalog.layers._base import Call, Layer, Policy, Product, Tree, leaves
from layerctl.graph.graph import Op, Ref
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.resolved import plain, plain_names

NOT_THE_FUNCTION = ("_initializer", "_regularizer", "_constraint")
SAYS_NOTHING = ("trainable", "dtype", "autocast", "use_bias")
Source = tuple[int, tuple[int | str, ...]]
"""What a step reads: a step by its number, or an input from -1 down; and which of its outputs."""


class Step(NamedTuple):
    """Something that is done to values.

    Attributes:
        name: of the layer; `encoder/dense` within a nested model.
        path: the same in the expanded spec.
        does: a matrix product, an activation, or anything else as plain data.
        sources: what it reads.
        layer: whose work it is; None for an activation.
        given: the shape of the first thing that it reads, without the batch.
        made: how many values it gives.
        weights: the shapes of its weights.
        part: which of the layer's weights they are.
    """

    name: str
    path: str
    does: Any
    sources: tuple[Source, ...]
    layer: Layer | None
    given: tuple[int, ...]
    made: int
    weights: tuple[tuple[int, ...], ...] = ()
    part: slice = slice(None)

    @property
    def adds(self) -> bool:
        """Whether it adds a bias."""
        return self.layer is not None and (self.layer.step_layer or self.layer).bias_axis is not None

    @property
    def said(self) -> str:
        """What it does, in words."""
        if isinstance(self.does, Product):
            times = f" at {self.does.positions:,} positions" if self.does.positions != 1 else ""
            return f"`{self.name}` makes {self.does.outputs:,} sums of {self.does.inputs:,} values{times}"
        if self.layer is None:
            return f"`{self.name}` applies {self.does.name}"
        return f"`{self.name}` is {self.layer.spec_name()}"


class Activation(NamedTuple):
    """An activation function, with arguments if it has some, and the length of the axis that it works along, if it does."""

    name: str
    arguments: Any
    along: int | None


class Unlike(Exception):
    """No way was found; the text says why, and `proven` whether there is none."""

    def __init__(self, why: str, *, proven: bool = False) -> None:
        super().__init__(why)
        self.proven = proven


class Steps:
    """A model as steps.

    Attributes:
        steps: what is done, each after what it reads.
        outputs: what the model returns.
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.outputs: tuple[Source, ...] = ()

    @classmethod
    def of(cls, model: TypedGraph) -> Steps:
        """The steps of a model.

        Raises:
            Unlike: a size is unknown.
        """
        found = cls()
        inputs: list[Source] = [(-1 - number, ()) for number in range(len(model.graph.inputs))]
        found.outputs = found.model(model, inputs, "", "")
        return found

    def model(self, model: TypedGraph, inputs: list[Source], name: str, path: str) -> tuple[Source, ...]:
        """Adds the steps of a model, perhaps nested, on these inputs; gives its outputs."""
        graph, given = model.graph, iter(inputs)
        values: dict[int, Any] = {}

        def source(ref: Ref) -> Source:
            held, left = values[ref.node], list(ref.path)
            while isinstance(held, dict):
                held = held[left.pop(0) if left else 0]
            return (held[0], (*held[1], *left))

        for index, (node, plainly) in enumerate(zip(graph.nodes, plain_names(graph), strict=True)):
            if not isinstance(node, Op):
                values[index] = next(given)
            elif model.live[index] and node.layer is not None:
                owner = index if node.shared is None else node.shared
                names = name + graph.nodes[owner].name, path + (plainly if owner == index else plain_names(graph)[owner])
                read = [source(ref) for ref in node.refs()]
                trees = [model.tensor(ref) for ref in node.refs()]
                if isinstance(node.layer, Functional):
                    values[index] = self.nested(node.layer, read, trees, names)
                    continue
                own = tuple(weight.shape for weight in model.nodes[owner].weights or ())
                values[index] = self.call(node, read, trees, model.nodes[index].output, own, names)
        return tuple(source(output.ref) for output in graph.outputs)

    def nested(self, layer: Functional, read: list[Source], trees: list[Tree | None], names: tuple[str, str]) -> Any:
        """Adds the steps of a nested model; gives its output, or several by number or key."""
        inputs = tuple(tensor for tensor in trees if isinstance(tensor, Tensor))
        inner = layer.called_on(inputs[0] if len(inputs) == 1 else inputs)
        outputs = self.model(inner, read, f"{names[0]}/", f"{names[1]}/")
        if inner.graph.keyed_outputs:
            return {output.name: source for output, source in zip(inner.graph.outputs, outputs, strict=True)}
        return outputs[0] if len(outputs) == 1 else dict(enumerate(outputs))

    def call(
        self,
        op: Op,
        read: list[Source],
        trees: list[Tree | None],
        made: Tree | None,
        own: tuple[tuple[int, ...], ...],
        names: tuple[str, str],
    ) -> Source:
        """Adds what one call does; gives its value."""
        layer = op.layer
        assert layer is not None
        if len(read) == 1 and (layer.is_identity or layer.only_reshapes) and isinstance(made, Tensor) and not op.arguments:
            return read[0]
        if any(isinstance(inner, Functional) for inner in layer.contents):
            raise Unlike(f"`{names[0]}` holds a model, which is not looked into")
        shapes = tuple(known(op.name, tensor) for tree in trees if tree is not None for tensor in leaves(tree))
        after = known(op.name, made) if isinstance(made, Tensor) else ()
        said = {**plain(op.literals), **dict.fromkeys(op.arguments)}
        apart = layer.decomposed()
        sources = tuple(read)
        for step in _apart(names, layer, shapes[0]) if apart else _steps(names, layer, shapes, after, said, own):
            self.steps.append(step._replace(sources=sources))
            sources = ((len(self.steps) - 1, ()),)
        return sources[0]


def _apart(names: tuple[str, str], layer: Layer, shape: tuple[int, ...]) -> Iterator[Step]:
    """The steps of a layer that is others in a row."""
    for part, weights in layer.decomposed():
        call = Call(Tensor((None, *shape), "float32"), Policy.named("float32"))
        after = known(names[0], part.output(call))
        own = tuple(weight.shape for weight in part.weights(call))
        yield from (step._replace(part=weights) for step in _steps(names, part, (shape,), after, {}, own))
        shape = after


def _steps(
    names: tuple[str, str],
    layer: Layer,
    shapes: tuple[tuple[int, ...], ...],
    made: tuple[int, ...],
    said: Mapping[str, Any],
    weights: tuple[tuple[int, ...], ...],
) -> Iterator[Step]:
    """The steps of one layer: the work, then the activation; what they read is added later.

    Args:
        names: of the layer, as the spec names it and in its expanded form.
        layer: its arguments.
        shapes: of what it reads.
        made: of what it gives; empty for several.
        said: of the call.
        weights: their shapes.
    """
    values = prod(made) or 0
    applied = _applied(layer.step_layer or layer, made)
    if layer.is_activation and applied is not None and not weights:
        yield Step(*names, applied, (), None, shapes[0], values)
        return
    arguments = {
        key: plain(getattr(layer, key))
        for key in type(layer).model_fields
        if key not in SAYS_NOTHING and not key.endswith(NOT_THE_FUNCTION) and not (layer.is_matrix and key == "activation")
    }
    product = layer.product((None, *shapes[0])) if len(shapes) == 1 and not layer.lora_enabled else None
    seen = tuple(_told_apart(layer, shape, shapes) for shape in shapes)
    does = product or (layer.spec_name(), {**arguments, **said}, seen)
    yield Step(*names, does, (), layer, shapes[0] if shapes else (), values, weights)
    if applied is not None and (layer.is_matrix or product):
        yield Step(*names, applied, (), None, made, values)


def _applied(layer: Layer, made: tuple[int, ...]) -> Activation | None:
    """The activation that a layer ends with; None where it leaves the values as they are, or is more than a function."""
    name, function = layer.final_activation, layer.activation_object
    own = function.own_fields() if function is not None else ()
    arguments = {key: plain(value) for key, value in function.given().items() if key in own} if function is not None else {}
    if function is not None and arguments:
        return Activation(function.keras_name(), arguments, None) if layer.activation_is_elementwise else None
    along = None if layer.activation_is_elementwise or not made else made[-1]
    return None if name is None or name == "linear" else Activation(name, None, along)


def _told_apart(layer: Layer, shape: tuple[int, ...], shapes: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """A shape as far as it matters to a layer: how many values, or rows of how many."""
    if layer.elementwise and not layer.depends_on_shape and len(set(shapes)) == 1:
        return (prod(shape) or 0,)
    if layer.rowwise and len(shapes) == 1 and shape:
        return (prod(shape[:-1]) or 0, shape[-1])
    return shape


def known(name: str, tensor: Tree | None) -> tuple[int, ...]:
    """The shape of a tensor, without the batch.

    Raises:
        Unlike: a size is unknown.
    """
    if not isinstance(tensor, Tensor) or None in tensor.shape[1:]:
        raise Unlike(f"a dimension of `{name}` is unknown; write it into `inputs`")
    return tuple(dim for dim in tensor.shape[1:] if dim is not None)
