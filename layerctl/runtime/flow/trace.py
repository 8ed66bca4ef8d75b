"""What flows through a model: each layer's outputs and weights in figures, and as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layerctl.analysis.costs import label, weights_of
from layerctl.codegen.plan import Nested, Plan, Step
from layerctl.compiler.pipeline import Accepted
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec.train import Train
from layerctl.runtime.backends import backend
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import array, dead_units, describe, describe_weight
from layerctl.runtime.flow.walk import Called, inner_inputs, walk
from layerctl.runtime.training.fit import compile_model

CUT_OFF = frozenset(("relu", "relu6", "re_lu"))
"""Activations that a unit can die of."""


@dataclass(slots=True)
class Seen:
    """One call of a layer, as arrays.

    Attributes:
        typed: the graph that it is in.
        step: which call.
        layer: the Keras layer; None for a function.
        inputs: what it was called on.
        outputs: what it gave.
    """

    typed: TypedGraph
    step: Step
    layer: Any
    inputs: list[Array]
    outputs: list[Array]

    @property
    def type(self) -> str:
        """The layer's class, or the function."""
        layer = self.step.op.layer
        assert layer is not None
        return layer.spec_name() if self.step.is_function else layer.keras_name()


@dataclass(slots=True)
class Flow:
    """A whole pass.

    Attributes:
        rows: as data, one a layer.
        calls: those kept, by the layer's name; `encoder/dense` within a nested model.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    calls: dict[str, list[Seen]] = field(default_factory=dict)


def flow(planned: Plan, model: Any, inputs: list[Any], *, keep: bool | str = False) -> Flow:
    """Runs the model on inputs, layer by layer.

    Args:
        planned: the calls that made it.
        model: built.
        inputs: a tensor for each input.
        keep: whether arrays are kept, or of which layer.
    """
    found = Flow()
    found.rows = _rows(planned, model, inputs, found, keep, "")
    return found


def _rows(planned: Plan, model: Any, inputs: list[Any], found: Flow, keep: bool | str, within: str) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    plans: dict[str, Plan] = {}
    for call in walk(planned, model, inputs):
        name = call.step.layer
        seen = _seen(planned.typed, call)
        if keep is True or keep == within + name:
            found.calls.setdefault(within + name, []).append(seen)
        row = _call_row(seen)
        if name in rows:
            first = rows[name]
            first.setdefault("calls", [{"inputs": first["inputs"], "output": first["output"]}]).append(row)
            continue
        rows[name] = {"name": name, "type": seen.type, **row, "weights": list(_weights(planned.typed, call))}
        if isinstance(call.step.construct, Nested):
            plans[name] = call.step.construct.plan
            inner = inner_inputs(plans[name], call.inputs)
            rows[name]["layers"] = _rows(plans[name], call.layer, inner, found, keep, f"{within}{name}/")
    return list(rows.values())


def add_gradients(rows: list[dict[str, Any]], model: Any, compiled: Accepted, train: Train, x: list[Array], y: Any) -> float:
    """Adds to each trained weight how its gradient is distributed, for the loss of one batch as in training; gives the loss."""
    compile_model(model, compiled, train, len(x[0]))
    loss: float
    loss, found = backend.particular().gradients(model, x if len(x) > 1 else x[0], y)
    by_variable = {id(variable): gradient for variable, gradient in zip(model.trainable_variables, found, strict=True)}

    def add(rows: list[dict[str, Any]], within: Any) -> None:
        for row in rows:
            layer = within.get_layer(backend.layer_name(row["name"])) if row["weights"] or "layers" in row else None
            for weight, variable in zip(row["weights"], getattr(layer, "weights", ()), strict=False):
                gradient = by_variable.get(id(variable))
                if gradient is not None:
                    values = array(gradient)
                    size = float(np.sqrt(np.mean(np.square(values.astype(np.float64))))) if values.size else 0.0
                    weight["gradient"] = {**describe(values), "rms": size}
            add(row.get("layers", []), layer)

    add(rows, model)
    return loss


def _seen(typed: TypedGraph, call: Called) -> Seen:
    flatten = backend.keras().tree.flatten
    return Seen(typed, call.step, call.layer, [array(x) for x in flatten(call.inputs)], [array(y) for y in flatten(call.output)])


def _call_row(seen: Seen) -> dict[str, Any]:
    layer = seen.step.op.layer
    assert layer is not None
    outputs = [describe(values, layer.final_activation) for values in seen.outputs]
    row: dict[str, Any] = {"inputs": [label(seen.typed, ref) for ref in seen.step.op.refs()], "output": outputs[0]}
    if len(outputs) > 1:
        row["outputs"] = outputs
    row["input_std"] = max((x.std().item() for x in seen.inputs if x.dtype.kind == "f" and x.size), default=None)
    if layer.final_activation in CUT_OFF and (units := dead_units(seen.outputs[0], layer.channel_axis)) is not None:
        row["units"] = units
    return row


def _weights(typed: TypedGraph, call: Called) -> Iterator[dict[str, Any]]:
    """The layer's weights, by the names that a summary gives them."""
    names = weights_of(typed, call.step.node) or ()
    for weight, row in zip(getattr(call.layer, "weights", ()), names, strict=False):
        yield describe_weight(row.name, array(weight)) | {"trainable": row.trainable}
