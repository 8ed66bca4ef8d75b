"""A model as a graph of steps, in which two models can be compared that are written in different layers.

A step is a matrix product, an activation, or the work of any other layer. Nested models are replaced by their steps, a layer that
equals several layers in a row by theirs. A layer that keeps the values and their order, such as Flatten, is not a step.
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

IGNORED_ENDINGS = ("_initializer", "_regularizer", "_constraint")
IGNORED = ("trainable", "dtype", "autocast", "use_bias")
"""Arguments that do not change the function for given weights; so do those with the endings above."""
Source = tuple[int, tuple[int | str, ...]]
"""What a step reads: the number of a step, or -1, -2, … for an input; and the path of one of several outputs."""


class Step(NamedTuple):
    """One step.

    Attributes:
        name: of the layer; `encoder/dense` within a nested model.
        path: the same name in the expanded spec.
        does: a matrix product, an activation, or the class and arguments of any other layer.
        sources: what it reads.
        layer: None for an activation.
        shape: of its first input, without the batch.
        outputs: how many values it gives.
        weights: the shapes of its weights.
        part: which of the layer's weights they are.
    """

    name: str
    path: str
    does: Any
    sources: tuple[Source, ...]
    layer: Layer | None
    shape: tuple[int, ...]
    outputs: int
    weights: tuple[tuple[int, ...], ...] = ()
    part: slice = slice(None)

    @property
    def adds(self) -> bool:
        """Whether it adds a bias."""
        return self.layer is not None and (self.layer.step_layer or self.layer).bias_axis is not None

    @property
    def words(self) -> str:
        """The step in words."""
        if isinstance(self.does, Product):
            times = f" at {self.does.positions:,} positions" if self.does.positions != 1 else ""
            return f"`{self.name}` makes {self.does.outputs:,} sums of {self.does.inputs:,} values{times}"
        if self.layer is None:
            return f"`{self.name}` applies {self.does.name}"
        return f"`{self.name}` is {self.layer.spec_name()}"


class Activation(NamedTuple):
    """An activation function, its arguments, and the length of the axis that it works along; None for an elementwise one."""

    name: str
    arguments: Any
    along: int | None


class Unlike(Exception):
    """No way to move weights is known; the text says why, and `proven` whether there can be none."""

    def __init__(self, why: str, *, proven: bool = False) -> None:
        super().__init__(why)
        self.proven = proven


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
        steps.outputs = steps.model(model, inputs, "", "")
        return steps

    def model(self, model: TypedGraph, inputs: list[Source], name: str, path: str) -> tuple[Source, ...]:
        """Adds the steps of a model or nested model with these inputs; gives the sources of its outputs."""
        graph, unread = model.graph, iter(inputs)
        values: dict[int, Any] = {}

        def source(ref: Ref) -> Source:
            value, path = values[ref.node], list(ref.path)
            while isinstance(value, dict):
                value = value[path.pop(0) if path else 0]
            return (value[0], (*value[1], *path))

        for index, (node, plainly) in enumerate(zip(graph.nodes, plain_names(graph), strict=True)):
            if not isinstance(node, Op):
                values[index] = next(unread)
            elif model.live[index] and node.layer is not None:
                owner = index if node.shared is None else node.shared
                names = name + graph.nodes[owner].name, path + (plainly if owner == index else plain_names(graph)[owner])
                read = [source(ref) for ref in node.refs()]
                trees = [model.tensor(ref) for ref in node.refs()]
                if isinstance(node.layer, Functional):
                    values[index] = self.nested(node.layer, read, trees, names)
                    continue
                weights = tuple(weight.shape for weight in model.nodes[owner].weights or ())
                values[index] = self.call(node, read, trees, model.nodes[index].output, weights, names)
        return tuple(source(output.ref) for output in graph.outputs)

    def nested(self, layer: Functional, read: list[Source], trees: list[Tree | None], names: tuple[str, str]) -> Any:
        """Adds the steps of a nested model; gives the source of its output, or of several by number or key."""
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
        output: Tree | None,
        weights: tuple[tuple[int, ...], ...],
        names: tuple[str, str],
    ) -> Source:
        """Adds the steps of one call; gives the source of its output."""
        layer = op.layer
        assert layer is not None
        if len(read) == 1 and (layer.is_identity or layer.only_reshapes) and isinstance(output, Tensor) and not op.arguments:
            return read[0]
        if any(isinstance(inner, Functional) for inner in layer.contents):
            raise Unlike(f"`{names[0]}` holds a model, which is not looked into")
        shapes = tuple(known(op.name, tensor) for tree in trees if tree is not None for tensor in leaves(tree))
        after = known(op.name, output) if isinstance(output, Tensor) else ()
        options = {**plain(op.literals), **dict.fromkeys(op.arguments)}
        sources = tuple(read)
        parts = _decomposed(names, layer, shapes[0]) if layer.decomposed() else None
        for step in parts or _steps(names, layer, shapes, after, options, weights):
            self.steps.append(step._replace(sources=sources))
            sources = ((len(self.steps) - 1, ()),)
        return sources[0]


def _decomposed(names: tuple[str, str], layer: Layer, shape: tuple[int, ...]) -> Iterator[Step]:
    """The steps of a layer that equals several layers in a row."""
    for part, which in layer.decomposed():
        call = Call(Tensor((None, *shape), "float32"), Policy.named("float32"))
        after = known(names[0], part.output(call))
        weights = tuple(weight.shape for weight in part.weights(call))
        yield from (step._replace(part=which) for step in _steps(names, part, (shape,), after, {}, weights))
        shape = after


def _steps(
    names: tuple[str, str],
    layer: Layer,
    shapes: tuple[tuple[int, ...], ...],
    after: tuple[int, ...],
    options: Mapping[str, Any],
    weights: tuple[tuple[int, ...], ...],
) -> Iterator[Step]:
    """The steps of one layer, without sources: the layer's work, then the activation.

    Args:
        names: of the layer in the spec and in its expanded form.
        layer: with its arguments.
        shapes: of the inputs.
        after: the shape of the output; empty for several outputs.
        options: the arguments of the call.
        weights: the shapes of the weights.
    """
    values = prod(after) or 0
    activation = _activation(layer.step_layer or layer, after)
    if layer.is_activation and activation is not None and not weights:
        yield Step(*names, activation, (), None, shapes[0], values)
        return
    arguments = {
        key: plain(getattr(layer, key))
        for key in type(layer).model_fields
        if key not in IGNORED and not key.endswith(IGNORED_ENDINGS) and not (layer.is_matrix and key == "activation")
    }
    product = layer.product((None, *shapes[0])) if len(shapes) == 1 and not layer.lora_enabled else None
    relevant = tuple(_relevant(layer, shape, shapes) for shape in shapes)
    does = product or (layer.spec_name(), {**arguments, **options}, relevant)
    yield Step(*names, does, (), layer, shapes[0] if shapes else (), values, weights)
    if activation is not None and (layer.is_matrix or product):
        yield Step(*names, activation, (), None, after, values)


def _activation(layer: Layer, after: tuple[int, ...]) -> Activation | None:
    """The activation that a layer ends with; None for `linear`, and for an activation layer that is not elementwise."""
    name, function = layer.final_activation, layer.activation_object
    if function is not None:
        arguments = {key: plain(value) for key, value in function.given().items() if key in function.own_fields()}
        if arguments:
            return Activation(function.keras_name(), arguments, None) if layer.activation_is_elementwise else None
    along = None if layer.activation_is_elementwise or not after else after[-1]
    return None if name is None or name == "linear" else Activation(name, None, along)


def _relevant(layer: Layer, shape: tuple[int, ...], shapes: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """The part of an input shape that matters to a layer: the number of values, rows and their length, or all."""
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
