"""A model as a graph of steps, in which two models can be compared that are written in different layers.

A step is a matrix product, a moving window, an activation, or the work of any other layer, in a form that is equal for layers
that compute the same. Nested models are replaced by their steps, a layer that equals several layers in a row by theirs. A layer
that returns its input, or only gives it another shape, is not a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from layerctl.base.shapes import Tensor, prod
from layerctl.catalog import Arguments
from layerctl.catalog.layers._base import Call, Layer, MaskTree, Policy, Product, Tree, leaves
from layerctl.catalog.layers._masks import flat_masks
from layerctl.catalog.layers._rewriting import Channelwise, Ends, Windows
from layerctl.codegen.plan import paths
from layerctl.graph.graph import Op, Ref
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph, pick
from layerctl.language.resolved import plain, plain_names

IGNORED_ENDINGS = ("_initializer", "_regularizer", "_constraint")
IGNORED = ("trainable", "dtype", "autocast", "use_bias", "seed", "name")
"""Arguments that do not change the function for given weights; so do those with the endings above."""
Source = tuple[int, tuple[int | str, ...]]
"""What a step reads: the number of a step, or -1, -2, … for an input; and the path of one of several outputs."""


class Zeros(NamedTuple):
    """Zeros added at the ends of the axes of a sample of that shape."""

    ends: Ends
    shape: tuple[int, ...]


class Merge(NamedTuple):
    """What is made of several inputs whatever their order, such as `add`; and their shapes, where these broadcast."""

    how: str
    shapes: tuple[tuple[int, ...], ...]


class Activation(NamedTuple):
    """An activation function, its arguments, and the shape and the axes that it works along; nothing for an elementwise one."""

    name: str
    arguments: Any
    along: Any


class Step(NamedTuple):
    """One step.

    Attributes:
        name: of the layer; `encoder/dense` within a nested model.
        path: the same name in the expanded spec.
        does: a `Product`, `Windows`, `Channelwise`, `Zeros`, `Merge` or `Activation`; the class and arguments of any other layer.
        sources: what it reads.
        layer: None for an activation.
        shape: of its first input, without the batch.
        outputs: how many values it gives.
        weights: the shapes of its weights.
        part: which of the layer's weights they are.
        before: normalizations of its input that are taken into its weights.
        after: normalizations of its output, likewise.
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
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()

    @property
    def has_bias(self) -> bool:
        """Whether its layer adds a bias."""
        return self.layer is not None and (self.layer.step_layer or self.layer).bias_axis is not None

    @property
    def is_matrix(self) -> bool:
        """Whether its layer multiplies by a kernel, and then adds a bias if it has one."""
        return self.layer is not None and (self.layer.step_layer or self.layer).is_matrix

    @property
    def adds(self) -> bool:
        """Whether it adds an offset: a bias, or that of a normalization."""
        return self.has_bias or bool(self.before or self.after)

    @property
    def words(self) -> str:
        """The step in words."""
        if isinstance(self.does, Product):
            times = f" at {self.does.positions:,} positions" if self.does.positions != 1 else ""
            return f"`{self.name}` makes {self.does.outputs:,} sums of {self.does.inputs:,} values{times}"
        if self.layer is None:
            return f"`{self.name}` applies {self.does.name}"
        return f"`{self.name}` is {self.layer.spec_name()}"


class Unlike(Exception):
    """No way to move weights is known; the text says why."""


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
                read = _Read.of(model, node, [source(ref) for ref in node.refs()])
                if isinstance(node.layer, Functional):
                    values[index] = self.nested(node, read, called)
                    continue
                weights = tuple(weight.shape for weight in model.nodes[owner].weights or ())
                values[index] = self.call(node, read, model.nodes[index].output, weights, called)
        return tuple(map(source, outputs))

    def nested(self, op: Op, read: _Read, names: tuple[str, str]) -> Any:
        """Adds the steps of a nested model; gives the source of its output, or of several by number or key."""
        layer = op.layer
        assert isinstance(layer, Functional)
        if any(op.literals.values()):
            raise Unlike(f"`{names[0]}` is called with {', '.join(op.literals)}, and is then not looked into")
        inputs = tuple(tensor for tensor in read.trees if isinstance(tensor, Tensor))
        inner = layer.called_on(inputs[0] if len(inputs) == 1 else inputs, read.masks if any(read.masks) else ())
        wanted = [output.ref for output in inner.graph.outputs]
        outputs = self.model(inner, read.sources, f"{names[0]}/", f"{names[1]}/", wanted)
        if inner.graph.keyed_outputs:
            return {output.name: source for output, source in zip(inner.graph.outputs, outputs, strict=True)}
        return outputs[0] if len(outputs) == 1 else dict(enumerate(outputs))

    def call(
        self, op: Op, read: _Read, output: Tree | None, weights: tuple[tuple[int, ...], ...], names: tuple[str, str]
    ) -> Source:
        """Adds the steps of one call; gives the source of its output."""
        layer = op.layer
        assert layer is not None
        named = {} if layer.commutes is not None else dict.fromkeys(op.arguments)
        options = {**{key: value for key, value in plain(op.literals).items() if value}, **named}
        idle = layer.is_identity or layer.only_reshapes
        if len(read.sources) == 1 and idle and isinstance(output, Tensor) and not options:
            return read.sources[0]
        if any(isinstance(inner, Functional) for inner in layer.contents):
            raise Unlike(f"`{names[0]}` holds a model, which is not looked into")
        shapes = tuple(known(op.name, tensor) for tree in read.trees if tree is not None for tensor in leaves(tree))
        after = known(op.name, output) if isinstance(output, Tensor) else ()
        if read.masked and layer.heeds_mask:
            options["masked"] = read.masked
        sources = tuple(read.sources)
        parts = _decomposed(names, layer, shapes[0]) if layer.decomposed() else None
        for step in parts or _steps(names, layer, shapes, after, options, weights):
            self.steps.append(step._replace(sources=sources))
            sources = ((len(self.steps) - 1, ()),)
        return sources[0]


class _Read(NamedTuple):
    """What a call reads: the sources, their tensors, and their masks."""

    sources: list[Source]
    trees: list[Tree | None]
    masks: tuple[MaskTree, ...]

    @classmethod
    def of(cls, model: TypedGraph, op: Op, sources: list[Source]) -> _Read:
        refs = list(op.refs())
        return cls(sources, [model.tensor(ref) for ref in refs], tuple(model.mask(ref) for ref in refs))

    @property
    def masked(self) -> tuple[bool, ...]:
        """Which of the tensors have a mask; empty if none has."""
        which = tuple(mask is not None for tree in self.masks for mask in flat_masks(tree))
        return which if any(which) else ()


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
        options: the arguments of the call, and whether its inputs are masked.
        weights: the shapes of the weights.
    """
    values = prod(after) or 0
    activation = _activation(layer.step_layer or layer, after)
    if layer.is_activation and not weights and not options and len(shapes) == 1:
        if activation is not None:
            yield Step(*names, activation, (), None, shapes[0], values)
        return
    does = None if options else _known(layer, shapes, after, weights)
    relevant = tuple(_relevant(layer, shape, shapes) for shape in shapes)
    training = bool(options.get("training"))
    split = layer.is_matrix or isinstance(does, Product)
    arguments = _arguments(layer, but=("activation",) if split else (), training=training)
    yield Step(
        *names,
        does or (layer.spec_name(), arguments, dict(options), relevant),
        (),
        layer,
        shapes[0] if shapes else (),
        values,
        weights,
    )
    if activation is not None and split:
        yield Step(*names, activation, (), None, after, values)


def _known(
    layer: Layer, shapes: tuple[tuple[int, ...], ...], after: tuple[int, ...], weights: tuple[tuple[int, ...], ...]
) -> Any:
    """What a layer does in a form that does not depend on its class; None where there is none."""
    if layer.commutes is not None and len(shapes) > 1:
        plain = set(shapes) == {after}
        return Merge(layer.commutes, () if plain else shapes)
    if len(shapes) != 1 or layer.lora_enabled:
        return None
    shape = (None, *shapes[0])
    if layer.zeros(shape) is not None:
        return Zeros(layer.zeros(shape) or (), shapes[0])
    return layer.product(shape) or layer.windows(shape) or (layer.channelwise(shape) if weights else None)


def _arguments(layer: Layer, *, but: tuple[str, ...] = (), training: bool = False) -> dict[str, Any]:
    """The arguments that change what a layer computes with given weights."""
    left_out = {*IGNORED, *but, *(() if training else layer.without_effect)}
    return {
        key: _described(getattr(layer, key), training)
        for key in type(layer).model_fields
        if key not in left_out and not key.endswith(IGNORED_ENDINGS)
    }


def _described(value: Any, training: bool) -> Any:
    """An argument; a layer within a layer likewise by the arguments that matter."""
    if isinstance(value, Layer):
        return (value.spec_name(), _arguments(value, training=training))
    if isinstance(value, tuple | list):
        return [_described(one, training) for one in value]
    return plain(value) if isinstance(value, Arguments | Mapping) else value


def _activation(layer: Layer, after: tuple[int, ...]) -> Activation | None:
    """The activation that a layer ends with; None for `linear`."""
    function = layer.activation_function
    if function is None or function.name == "linear":
        return None
    arguments = dict(function.arguments)
    if layer.activation_is_elementwise or not after:
        return Activation(function.name, arguments, None)
    axis = arguments.pop("axis", -1)
    axes = [one % len(after) if one < 0 else one - 1 for one in (axis if isinstance(axis, tuple) else (axis,))]
    along = (after[axes[0]], prod(after[axes[0] + 1 :])) if len(axes) == 1 else (after, tuple(axes))
    return Activation(function.name, arguments, along)


def _relevant(layer: Layer, shape: tuple[int, ...], shapes: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """The part of an input shape that matters to a layer: the number of values, rows and their length, or all."""
    if layer.elementwise and not layer.depends_on_shape and len(set(shapes)) == 1:
        return (prod(shape) or 0,)
    if layer.rowwise and len(shapes) == 1 and shape:
        return (prod(shape[:-1]) or 0, shape[-1])
    return shape


def returned(model: TypedGraph) -> list[tuple[str, Ref, Tree | None]]:
    """Each tensor that a model returns, with its name; those of one output in Keras's order."""
    return [
        (output.name + "".join(f"[{step}]" for step in path), Ref(output.ref.node, (*output.ref.path, *path)), pick(tree, path))
        for output in model.graph.outputs
        for tree in (model.tensor(output.ref),)
        for path in paths(tree)
    ]


def known(name: str, tensor: Tree | None) -> tuple[int, ...]:
    """The shape of a tensor, without the batch.

    Raises:
        Unlike: a size is unknown.
    """
    if not isinstance(tensor, Tensor) or None in tensor.shape[1:]:
        raise Unlike(f"a dimension of `{name}` is unknown; write it into `inputs`")
    return tuple(dim for dim in tensor.shape[1:] if dim is not None)


__all__ = ["Activation", "Channelwise", "Merge", "Product", "Step", "Steps", "Unlike", "Windows", "Zeros", "known", "returned"]
