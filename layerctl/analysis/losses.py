"""The outputs that losses are computed on: what a loss takes, and the last activation before an output."""

from __future__ import annotations

from layerctl.base.shapes import Tensor, units_in
from layerctl.catalog import CATALOGS
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.losses._base import Loss
from layerctl.graph.graph import Op, Ref
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec.chosen import Chosen

Outputs = dict[str, tuple[Ref, Tensor]]


def known_outputs(model: TypedGraph) -> Outputs | None:
    """The model's outputs by name; None where a mistake leaves one of them unknown."""
    outputs = model.outputs()
    known = model.complete and len(outputs) == len(model.all_outputs())
    return {name: (ref, tensor) for name, ref, tensor in outputs} if known else None


def units_of(model: TypedGraph) -> dict[str, int | None]:
    """The outputs of a model by name, each with the size of its last axis; 1 for an output that has none but the batch."""
    return {name: units_in(tensor.shape) for name, _, tensor in model.outputs()}


def loss_class(loss: Chosen, tensor: Tensor) -> Loss:
    """The loss's arguments; for `crossentropy` those of the class that Keras chooses for class numbers and this output."""
    arguments = loss.arguments
    if arguments is None:
        cls = CATALOGS["losses"].find("BinaryCrossentropy" if tensor.shape[-1:] == (1,) else "SparseCategoricalCrossentropy")
        assert cls is not None
        arguments = cls.model_construct()
    assert isinstance(arguments, Loss)
    return arguments


def final_activation(model: TypedGraph, ref: Ref) -> str | None:
    """The last activation before an output, looking through layers that pass values on; None where unknown."""
    layer = final_layer(model, ref)
    return layer.final_activation if layer is not None else None


def final_layer(model: TypedGraph, ref: Ref) -> Layer | None:
    """The layer that computes the values of an output.

    Layers that only pass values on are looked through; nested models, and layers that apply another to each step, looked into.
    """
    while True:
        node = model.graph.nodes[ref.node]
        if not isinstance(node, Op) or node.layer is None:
            return None
        layer = node.layer.step_layer or node.layer
        if isinstance(layer, Functional):
            outputs = layer.typed.graph.outputs
            if len(outputs) != 1:
                return None
            model, ref = layer.typed, outputs[0].ref
        elif ref.path:
            return None
        elif layer.keeps_values and isinstance(node.inputs, Ref):
            ref = node.inputs
        else:
            return layer
