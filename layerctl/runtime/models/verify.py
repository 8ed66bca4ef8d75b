"""Compares static results with Keras's: any difference is a bug in layerctl.

Custom layers are not compared; where their declarations leave dimensions open, these may be unknown in later layers too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from layerctl.base.shapes import Tensor, same, text
from layerctl.catalog.layers._custom import customs
from layerctl.codegen.plan import Nested, Plan, Step, paths, plan
from layerctl.compiler.pipeline import Accepted
from layerctl.graph.typed import TypedGraph, pick
from layerctl.runtime.backends import backend

if TYPE_CHECKING:
    import keras

Variable = tuple[str, tuple[int, ...], str, bool]
"""A layer's variable: name, shape, dtype, and whether training changes it."""


def differences(compiled: Accepted, model: keras.Model) -> list[str]:
    """The differences between layerctl and Keras in inputs, layers, shapes, dtypes and weights, in words. Empty means equal.

    Args:
        compiled: a spec without errors.
        model: built from it, by `build_model` or from the text forms.
    """
    return _model(plan(compiled.model), model)


def _model(planned: Plan, model: keras.Model) -> list[str]:
    typed = planned.typed
    layers = {backend.spec_name(layer.name): layer for layer in model.operations}
    own = {step.node for step in planned.steps if any(customs(step.op.layer))}
    loose = bool(own)
    lines = list(_names(planned, layers.keys(), {backend.spec_name(layer.name) for layer in model.layers}))
    for node in typed.graph.inputs:
        if node.name in layers:
            lines += _tensors(node.name, Tensor(node.shape, node.dtype), layers[node.name].output)
    for step in planned.steps:
        if (layer := layers.get(step.layer)) is None:
            continue
        if isinstance(step.construct, Nested):
            lines += (f"{step.layer}/{line}" for line in _model(step.construct.plan, layer))
        if step.node in own or typed.nodes[step.node].output is None:
            continue
        lines += _outputs(typed, step, layer, loose)
        if step.is_function and (made := type(layer).__name__) != step.op.layer.keras_name():  # type: ignore[union-attr]
            lines.append(f"{step.layer}: {made} by Keras, {step.op.layer.keras_name()} by layerctl")  # type: ignore[union-attr]
        if step.construct is not None:
            lines += _weights(typed, step, layer)
    if all(typed.tensor(output.ref) is not None for output in typed.graph.outputs):
        for output, real in zip_longest(_returned(typed), model.outputs):
            name, tensor = output or ("?", None)
            lines += _tensors(f"output {name}", tensor, real, loose)
    return lines


def fits(static: Any, real: Any, *, loose: bool = False) -> bool:
    """Whether Keras's output agrees with the static one, structure included; `loose` skips the batch and unknown dimensions."""
    if isinstance(static, Tensor):
        if not hasattr(real, "shape") or str(real.dtype) != static.dtype or len(real.shape) != static.rank:
            return False
        if not loose:
            return tuple(real.shape) == static.shape
        return all(same(a, b) for a, b in zip(real.shape[1:], static.shape[1:], strict=True))
    if isinstance(static, Mapping):
        return (
            isinstance(real, Mapping)
            and static.keys() == real.keys()
            and all(fits(static[k], real[k], loose=loose) for k in real)
        )
    same_length = isinstance(real, list | tuple) and len(real) == len(static)
    return same_length and all(fits(a, b, loose=loose) for a, b in zip(static, real, strict=True))


def _names(planned: Plan, operations: Set[str], layers: Set[str]) -> Iterator[str]:
    """Names that only one side has. Keras may have additional operations that are not layers: it computes masks with some."""
    known = {step.layer for step in planned.steps} | {node.name for node in planned.typed.graph.inputs}
    yield from (f"{name}: Keras's model has no such layer" for name in sorted(known - operations))
    yield from (f"{name}: only Keras's model has this layer" for name in sorted(layers - known))


def _returned(typed: TypedGraph) -> Iterator[tuple[str, Any]]:
    """The model's outputs in Keras's order: mappings by sorted key."""
    outputs = typed.graph.outputs
    for output in sorted(outputs, key=lambda output: output.name) if typed.graph.keyed_outputs else outputs:
        tree = typed.tensor(output.ref)
        for path in paths(tree):
            yield output.name, pick(tree, path)


def _outputs(typed: TypedGraph, step: Step, layer: Any, loose: bool) -> Iterator[str]:
    """Compares the outputs of one call. Keras keeps them only in the nodes of its graph, which have no public name."""
    static = typed.nodes[step.node].output
    real = layer._inbound_nodes[step.number].outputs
    expected = [pick(static, path) for path in paths(static)]
    if len(expected) != len(real):
        yield f"{step.op.name}: {len(real)} outputs by Keras, {len(expected)} by layerctl"
        return
    for tensor, keras_tensor in zip(expected, real, strict=True):
        yield from _tensors(step.op.name, tensor, keras_tensor, loose)


def _tensors(name: str, static: Any, real: Any, loose: bool = False) -> Iterator[str]:
    if not isinstance(static, Tensor) or real is None:
        yield f"{name}: {'nothing' if real is None else text(real.shape)} by Keras, {static or 'nothing'} by layerctl"
        return
    if loose and fits(static, real, loose=True):
        return
    if tuple(real.shape) != static.shape:
        yield f"{name}: shape {text(real.shape)} by Keras, {text(static.shape)} by layerctl"
    if str(real.dtype) != static.dtype:
        yield f"{name}: {real.dtype} by Keras, {static.dtype} by layerctl"


def variables(typed: TypedGraph, step: Step, layer: Any) -> tuple[list[Variable], list[Variable]]:
    """A layer's variables in order: the static ones, and Keras's."""
    owner = step.node if step.op.shared is None else step.op.shared
    args = step.op.layer
    assert args is not None
    variable_dtype = typed.policies[args.own_policy or typed.graph.dtype].variable
    static = [
        (weight.name, weight.shape, weight.dtype or variable_dtype, weight.trainable and args.trains_weights)
        for weight in typed.nodes[owner].weights or ()
    ]
    trains = layer.trainable or not args.can_be_frozen
    real = [(v.name, tuple(v.shape), str(v.dtype), v.trainable and trains) for v in layer.weights]
    return static, real


def _weights(typed: TypedGraph, step: Step, layer: Any) -> Iterator[str]:
    for ours, theirs in zip_longest(*variables(typed, step, layer)):
        if ours != theirs:
            yield f"{step.layer}: weight {_weight(theirs)} by Keras, {_weight(ours)} by layerctl"


def _weight(weight: Variable | None) -> str:
    if weight is None:
        return "missing"
    name, shape, dtype, trainable = weight
    return f"`{name}` {text(shape, batch=False)} {dtype}, {'trainable' if trainable else 'not trainable'}"
