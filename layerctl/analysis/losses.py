"""The outputs that losses judge: what a loss takes, and which function an output comes from."""

from __future__ import annotations

from layerctl.base.shapes import Tensor
from layerctl.catalog import CATALOGS
from layerctl.catalog.losses._base import Loss
from layerctl.graph.graph import Op, Ref
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec.chosen import Chosen
from layerctl.language.syntax import Mapping, Node, Sequence

Outputs = dict[str, tuple[Ref, Tensor]]


def known_outputs(model: TypedGraph, root: Node) -> Outputs | None:
    """The model's outputs by name; None where a mistake hides one of them."""
    whole = model.complete and _declared(root) in (None, len(model.graph.outputs))
    return {name: (ref, tensor) for name, ref, tensor in model.outputs()} if whole else None


def _declared(root: Node) -> int | None:
    """How many outputs the spec names; None where it leaves that to the last item."""
    node = root.get("outputs") if isinstance(root, Mapping) else None
    if isinstance(node, Mapping):
        return len(node.entries)
    return len(node.items) if isinstance(node, Sequence) else None


def loss_class(loss: Chosen, tensor: Tensor) -> Loss:
    """The loss's arguments; for `crossentropy` those of the class that Keras picks for class numbers and this output."""
    found = loss.arguments
    if found is None:
        cls = CATALOGS["losses"].find("BinaryCrossentropy" if tensor.shape[-1:] == (1,) else "SparseCategoricalCrossentropy")
        assert cls is not None
        found = cls.model_construct()
    assert isinstance(found, Loss)
    return found


def final_activation(model: TypedGraph, ref: Ref) -> str | None:
    """The activation function that an output comes from, looking through layers that pass values on; None where not known."""
    while not ref.path:
        node = model.graph.nodes[ref.node]
        if not isinstance(node, Op) or node.layer is None:
            return None
        if not node.layer.keeps_values or not isinstance(node.inputs, Ref):
            return node.layer.final_activation
        ref = node.inputs
    return None
