"""A typed graph as the Keras calls that make it: what the builder runs, and what the text back ends write down."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from layerctl.base.shapes import Tensor
from layerctl.catalog import Arguments
from layerctl.catalog.layers._base import Layer, Tree
from layerctl.graph.graph import Op, Ref, RefTree
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph

T = TypeVar("T")


class Construct(NamedTuple):
    """A Keras object to make: `keras.MODULE.NAME(**arguments)`; or a layer of the user's own, `MODULE.NAME(…)`.

    Attributes:
        module: below `keras`: `layers`, `initializers`, …; of the user's own class, all of its name.
        name: the class.
        arguments: those that the spec gives; values are plain, tuples and mappings of such, or constructs.
        implied: what is added so that the object is the same whatever Keras's global state: a layer's dtype policy, and the name
            of a layer within a layer, as Keras would give it in a fresh process.
        defaults: those of the other arguments without which Keras does not read the object back; all, if it is no layer.
        own: whether the class is the user's own.
        positional: arguments without a name.
    """

    module: str
    name: str
    arguments: Mapping[str, Any]
    implied: Mapping[str, Any] = {}
    defaults: Mapping[str, Any] = {}
    own: bool = False
    positional: tuple[Any, ...] = ()


class Array(NamedTuple):
    """A list of numbers as an operand of a function of `keras.ops`."""

    values: tuple[Any, ...]
    dtype: str


class Nested(NamedTuple):
    """A nested model to make.

    Attributes:
        name: the layer's, and the model's.
        plan: the calls that make it.
    """

    name: str
    plan: Plan


class Step(NamedTuple):
    """One call of a layer, or of a function of `keras.ops`, that some output depends on.

    Attributes:
        node: its index in the graph.
        op: the node.
        layer: the layer's name in Keras.
        construct: the layer itself, at its first call; None at a further one, and for a function.
        number: which of the layer's calls this is, from 0.
    """

    node: int
    op: Op
    layer: str
    construct: Construct | Nested | None
    number: int

    @property
    def is_function(self) -> bool:
        return self.op.layer is not None and self.op.layer.is_function


class Plan(NamedTuple):
    """The Keras calls that make a model, in an order that runs; the inputs come before all of them.

    Attributes:
        name: the model's name, as far as Keras takes it.
        typed: the graph.
        steps: the calls.
        shared: the names of the layers that are called more than once.
    """

    name: str
    typed: TypedGraph
    steps: tuple[Step, ...]
    shared: frozenset[str]


class Constructor:
    """Turns bound arguments into constructs; names the layers within layers as Keras would, with numbers of its own.

    Attributes:
        dtype: the dtype policy of layers that set none.
    """

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype
        self._made: Counter[str] = Counter()

    def __call__(self, bound: Arguments, name: str | None = None) -> Construct | Nested:
        """The construct of a bound object.

        Args:
            bound: the object's arguments.
            name: of a layer of the graph; None for an object within another.
        """
        if isinstance(bound, Functional):
            name = name or bound.own_name or self._automatic(bound.definition)
            return Nested(name, plan(bound.typed, name))
        given, fields = bound.given(), type(bound).model_fields
        order = dict.fromkeys((*bound.own_fields(), *given))
        arguments = {key: self.value(given[key]) for key in order if key in given}
        implied: dict[str, Any] = {}
        defaults: dict[str, Any] = {}
        if isinstance(bound, Layer):
            if arguments.get("dtype") is None and "dtype" in fields:
                arguments.pop("dtype", None)
                implied["dtype"] = bound.own_policy or self.dtype
            defaults = {key: self.value(fields[key].default) for key in bound.required_in_config if key not in given}
            if name is None:
                name = bound.own_name
            if name is None:
                implied["name"] = self._automatic(bound.automatic_name())
            else:
                arguments["name"] = name
            if (own := bound.declaration) is not None:
                return Construct(own.module, bound.keras_name(), arguments, implied, own=True, positional=own.positional)
        else:
            defaults = {key: self.value(info.default) for key, info in fields.items() if key not in given}
        return Construct(bound.keras_module(), bound.keras_name(), arguments, implied, defaults)

    def value(self, value: Any) -> Any:
        if isinstance(value, Arguments):
            return self(value)
        if isinstance(value, tuple):
            return tuple(self.value(item) for item in value)
        if isinstance(value, Mapping):
            return {key: self.value(item) for key, item in value.items()}
        return value

    def _automatic(self, base: str) -> str:
        self._made[base] += 1
        return base if self._made[base] == 1 else f"{base}_{self._made[base] - 1}"


def plan(typed: TypedGraph, name: str | None = None) -> Plan:
    """The calls that make the model, of its own name or another. Items that lead to no output are no part of it."""
    graph = typed.graph
    constructor = Constructor(graph.dtype)
    calls: Counter[str] = Counter()
    steps = []
    for index, (op, live) in enumerate(zip(graph.nodes, typed.live, strict=True)):
        if not isinstance(op, Op) or not live:
            continue
        assert op.layer is not None, "a model with mistakes has no plan"
        layer = graph.nodes[index if op.shared is None else op.shared].name
        construct = None if layer in calls or op.layer.is_function else constructor(op.layer, layer)
        steps.append(Step(index, op, layer, construct, calls[layer]))
        calls[layer] += 1
    shared = frozenset(layer for layer, count in calls.items() if count > 1)
    return Plan(model_name(graph.name) if name is None else name, typed, tuple(steps), shared)


def model_name(name: str) -> str:
    """A model's name as Keras and the scopes of TensorFlow take it: `my model (2)` is `my_model_2`."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip("_-") or "model"


def map_refs(tree: RefTree, leaf: Callable[[Ref], T]) -> Any:
    """A structure of references with something in place of each; a list in the spec is a list for Keras."""
    if isinstance(tree, Ref):
        return leaf(tree)
    if isinstance(tree, Mapping):
        return {key: map_refs(part, leaf) for key, part in tree.items()}
    return [map_refs(part, leaf) for part in tree]


def call_arguments(op: Op, leaf: Callable[[Ref], T]) -> tuple[list[Any], dict[str, Any]]:
    """What a layer is called on, which is nothing where all goes by name, and the call's keyword arguments."""
    assert op.inputs is not None
    further = {key: map_refs(tree, leaf) for key, tree in op.arguments.items()}
    return [] if op.inputs == () else [map_refs(op.inputs, leaf)], {**further, **op.literals}


def returned(typed: TypedGraph, leaf: Callable[[Ref], T]) -> Any:
    """What the model returns: one thing, a list of them, or a mapping."""
    outputs = typed.graph.outputs
    if typed.graph.keyed_outputs:
        return {output.name: leaf(output.ref) for output in outputs}
    return leaf(outputs[0].ref) if len(outputs) == 1 else [leaf(output.ref) for output in outputs]


def paths(tree: Tree | None, path: tuple[int | str, ...] = ()) -> Iterator[tuple[int | str, ...]]:
    """The way to each tensor of a node's output, in the order in which Keras numbers them: mappings by sorted key."""
    if isinstance(tree, Mapping):
        for key in sorted(tree):
            yield from paths(tree[key], (*path, key))
    elif isinstance(tree, tuple) and not isinstance(tree, Tensor):
        for step, part in enumerate(tree):
            yield from paths(part, (*path, step))
    else:
        yield path
