"""A typed graph as the Keras calls that build the model, which `build` runs, or writes as code or JSON."""

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
    """A Keras object to construct: `keras.MODULE.NAME(**arguments)`; or a custom layer, `MODULE.NAME(…)`.

    Attributes:
        module: below `keras`: `layers`, `initializers`, …; for a custom class its full module.
        name: the class.
        arguments: those that the spec gives; plain values, constructs, or tuples and mappings of them.
        implied: arguments that layerctl adds, so that dtypes and names do not depend on what the process did before: a layer's
            dtype policy, and the name that Keras would give an inner layer in a fresh process.
        defaults: default values that Keras needs to read the object's configuration; all defaults for objects other than layers.
        own: whether the class is a custom one.
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
    """A nested model to build.

    Attributes:
        name: of the layer and the model.
        plan: the calls that build it.
    """

    name: str
    plan: Plan


class Step(NamedTuple):
    """One call of a layer, or of a function of `keras.ops`, that an output depends on.

    Attributes:
        node: the node's index in the graph.
        op: the node.
        layer: the layer's name in Keras.
        construct: the layer, at its first call; None at a further call, and for a function.
        number: the number of the call among the layer's calls, from 0.
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
    """The Keras calls that build a model, in the order of computation, after its inputs.

    Attributes:
        name: the model's name, without characters that Keras refuses.
        typed: the graph.
        steps: the calls.
        shared: the names of the layers that are called more than once.
    """

    name: str
    typed: TypedGraph
    steps: tuple[Step, ...]
    shared: frozenset[str]


class Constructor:
    """Turns bound arguments into constructs; names inner layers as Keras would in a fresh process.

    Attributes:
        dtype: the dtype policy of layers that set none.
    """

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype
        self._counts: Counter[str] = Counter()

    def __call__(self, bound: Arguments, name: str | None = None) -> Construct | Nested:
        """The construct of a bound object.

        Args:
            bound: the object's arguments.
            name: the layer's name in the graph; None for an object within another.
        """
        if isinstance(bound, Functional):
            name = name or bound.own_name or self._automatic(bound.definition)
            return Nested(name, plan(bound.typed, name))
        given, fields = bound.given(), type(bound).model_fields
        order = dict.fromkeys((*bound.own_fields(), *given))
        arguments = {key: self.value(given[key]) for key in order if key in given}
        if bound.takes_lists:
            arguments = {key: list(value) if isinstance(value, tuple) else value for key, value in arguments.items()}
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
            if (custom := bound.declaration) is not None:
                return Construct(custom.module, bound.keras_name(), arguments, implied, own=True, positional=custom.positional)
        else:
            implied = bound.implied()
            arguments = {key: value for key, value in arguments.items() if key not in implied}
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
        self._counts[base] += 1
        return base if self._counts[base] == 1 else f"{base}_{self._counts[base] - 1}"


def plan(typed: TypedGraph, name: str | None = None) -> Plan:
    """The calls that build the model, without items that no output depends on; `name` replaces the model's own name."""
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
    """A model's name with only characters that Keras and TensorFlow's scopes allow: `my model (2)` becomes `my_model_2`."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip("_-") or "model"


def map_refs(tree: RefTree, leaf: Callable[[Ref], T]) -> Any:
    """A structure of references with each replaced by `leaf`; lists stay lists, as in the spec."""
    if isinstance(tree, Ref):
        return leaf(tree)
    if isinstance(tree, Mapping):
        return {key: map_refs(part, leaf) for key, part in tree.items()}
    return [map_refs(part, leaf) for part in tree]


def call_arguments(op: Op, leaf: Callable[[Ref], T]) -> tuple[list[Any], dict[str, Any]]:
    """The positional argument of a call (none where all arguments go by name), and its keyword arguments."""
    assert op.inputs is not None
    further = {key: map_refs(tree, leaf) for key, tree in op.arguments.items()}
    return [] if op.inputs == () else [map_refs(op.inputs, leaf)], {**further, **op.literals}


def returned(typed: TypedGraph, leaf: Callable[[Ref], T]) -> Any:
    """The model's outputs, each replaced by `leaf`: a single one, a list, or a mapping."""
    outputs = typed.graph.outputs
    if typed.graph.keyed_outputs:
        return {output.name: leaf(output.ref) for output in outputs}
    return leaf(outputs[0].ref) if len(outputs) == 1 else [leaf(output.ref) for output in outputs]


def paths(tree: Tree | None, path: tuple[int | str, ...] = ()) -> Iterator[tuple[int | str, ...]]:
    """The path to each tensor in a node's output, in the order of Keras's numbers: mappings by sorted key."""
    if isinstance(tree, Mapping):
        for key in sorted(tree):
            yield from paths(tree[key], (*path, key))
    elif isinstance(tree, tuple) and not isinstance(tree, Tensor):
        for step, part in enumerate(tree):
            yield from paths(part, (*path, step))
    else:
        yield path
