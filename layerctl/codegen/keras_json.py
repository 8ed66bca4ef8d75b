"""Writes a typed graph as the JSON that `keras.models.model_from_json` reads, without loading Keras.

The format is that of `to_json()` of a functional Keras model. Layers hold only the arguments that the spec gives, so that the
file loads in every version of Keras that has those.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layerctl.base.shapes import Tensor
from layerctl.codegen.plan import Array, Construct, Nested, Plan, Step, call_arguments, paths, plan, returned
from layerctl.graph.graph import Input, Ref
from layerctl.graph.typed import TypedGraph, pick

Json = Any
UNKNOWN = Tensor((None,))
"""Stands for the undeclared output of a custom layer, assumed to be one tensor; Keras computes its shape when it loads it."""


def to_json(typed: TypedGraph) -> str:
    """The model's configuration as JSON text; equal graphs give equal texts."""
    import json

    return json.dumps(config(plan(typed)), indent=1, ensure_ascii=False) + "\n"


def config(planned: Plan) -> Json:
    """The model as Keras serializes it: class, config, layers with their calls, inputs and outputs."""
    typed = planned.typed
    tensors = _Tensors(planned)
    layers: dict[str, Json] = {node.name: _input(node) for node in typed.graph.inputs}
    for step in planned.steps:
        if step.is_function:
            layers[step.layer] = _function(step, tensors)
            continue
        if step.construct is not None:
            layers[step.layer] = {**object_config(step.construct), "name": step.layer, "inbound_nodes": []}
        layers[step.layer]["inbound_nodes"].append(_call(step, tensors))
    inputs = [[node.name, 0, 0] for node in typed.graph.inputs]
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": planned.name,
            "trainable": True,
            "layers": list(layers.values()),
            "input_layers": inputs[0] if len(inputs) == 1 else inputs,
            "output_layers": returned(typed, tensors.output),
        },
        "registered_name": "Functional",
    }


class _Tensors:
    """Tensors as Keras's configuration names them: by layer, call, and number of the output."""

    def __init__(self, planned: Plan) -> None:
        self.typed = planned.typed
        self.history = {index: (node.name, 0) for index, node in enumerate(self.typed.graph.nodes) if isinstance(node, Input)}
        self.history |= {step.node: (step.layer, step.number) for step in planned.steps}
        self.models = {step.layer for step in planned.steps if isinstance(step.construct, Nested)}
        self.numbers: dict[int, dict[tuple[int | str, ...], int]] = {}

    def place(self, ref: Ref) -> list[str | int]:
        """Layer, call and output number of one tensor."""
        output = self.typed.nodes[ref.node].output
        number = 0
        if output is None:
            return [*self.history[ref.node], *(ref.path or (0,))]
        if not isinstance(output, Tensor):
            if ref.node not in self.numbers:
                self.numbers[ref.node] = {path: number for number, path in enumerate(paths(output))}
            number = self.numbers[ref.node][ref.path]
        return [*self.history[ref.node], number]

    def argument(self, ref: Ref) -> Json:
        """A tensor, or all tensors of a node, as arguments of a call."""
        return self._each(ref, self._tensor)

    def output(self, ref: Ref) -> Json:
        """A tensor, or all tensors of a node, as outputs of the model."""
        return self._each(ref, lambda ref, tensor: self._counted(*self.place(ref)))

    def _counted(self, layer: str | int, call: str | int, number: str | int) -> Json:
        """An output of the model; only here Keras counts the construction of a nested model as its first call."""
        return [layer, call + 1 if layer in self.models else call, number]  # type: ignore[operator]

    def _each(self, ref: Ref, leaf: Any) -> Json:
        tree = pick(self.typed.nodes[ref.node].output, ref.path)
        if tree is None:
            return leaf(ref, UNKNOWN)
        if isinstance(tree, Tensor):
            return leaf(ref, tree)
        if isinstance(tree, Mapping):
            return {key: self._each(Ref(ref.node, (*ref.path, key)), leaf) for key in tree}
        return [self._each(Ref(ref.node, (*ref.path, step)), leaf) for step in range(len(tree))]

    def _tensor(self, ref: Ref, tensor: Tensor) -> Json:
        config = {"shape": list(tensor.shape), "dtype": tensor.dtype, "keras_history": self.place(ref)}
        return {"class_name": "__keras_tensor__", "config": config}


def _input(node: Input) -> Json:
    config = {"batch_shape": list(node.shape), "dtype": node.dtype, "name": node.name}
    return {**object_config(Construct("layers", "InputLayer", config)), "name": node.name, "inbound_nodes": []}


def _call(step: Step, tensors: _Tensors) -> Json:
    inputs, arguments = call_arguments(step.op, tensors.argument)
    return {"args": inputs, "kwargs": plain_config(arguments)}


def _function(step: Step, tensors: _Tensors) -> Json:
    from layerctl.codegen import functions

    positional, keywords = functions.call(step, tensors.typed, tensors.argument)
    called = {"args": plain_config(positional), "kwargs": plain_config(keywords)}
    return {**plain_config(functions.config(step)), "name": step.layer, "inbound_nodes": [called]}


def object_config(construct: Construct | Nested) -> Json:
    """An object as Keras serializes it."""
    if isinstance(construct, Nested):
        return config(construct.plan)
    return {
        "module": construct.module if construct.own else f"keras.{construct.module}",
        "class_name": construct.name,
        "config": plain_config({**construct.defaults, **construct.implied, **construct.arguments}),
        "registered_name": construct.name if construct.own else None,
    }


def plain_config(value: Any) -> Json:
    """An argument as Keras serializes it."""
    if isinstance(value, Construct | Nested):
        return object_config(value)
    if isinstance(value, Array):
        return {"class_name": "__numpy__", "config": {"value": plain_config(value.values), "dtype": value.dtype}}
    if isinstance(value, Mapping):
        return {key: plain_config(item) for key, item in value.items()}
    return [plain_config(item) for item in value] if isinstance(value, tuple | list) else value
