"""A loss that wants probabilities, on an output that is none."""

from __future__ import annotations

from layerctl.base.shapes import Tensor
from layerctl.catalog import CATALOGS
from layerctl.catalog.losses._base import Loss
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Op, Ref
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec.chosen import Chosen


class MissingProbabilities(Code):
    """The loss wants probabilities, and the output is none.

    Why:
        Cross-entropy is the logarithm of a probability. Keras cuts anything else off to 0 … 1, so the model hardly learns, and
        nothing says why.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: 3}]
        train: {data: synthetic, loss: sparse_categorical_crossentropy}
        ```

    Fix:
        End the model in `activation: softmax` (`sigmoid` for yes-or-no outputs), or set `from_logits: true` on the loss.
    """

    id = "LC510"
    severity = "warning"


def check(model: TypedGraph, name: str, ref: Ref, tensor: Tensor, loss: Chosen, sink: Sink) -> None:
    """Warns where the output's last function is known, and its values are not what the loss is made for."""
    wanted = loss_class(loss, tensor).wants
    activation = final_activation(model, ref)
    if not wanted or activation is None or activation in wanted or getattr(loss.arguments, "from_logits", False):
        return
    source = model.graph.nodes[ref.node]
    probable = "sigmoid" if "sigmoid" in wanted else "softmax"
    ending = "has no activation" if activation == "linear" else f"ends in {activation}"
    cls = type(loss_class(loss, tensor))
    logits = f", or write `{{{cls.keras_name()}: {{from_logits: true}}}}`" if "from_logits" in cls.model_fields else ""
    sink.add(
        MissingProbabilities,
        source.place,
        f"{loss.written} wants probabilities; the output `{name}` {ending}",
        help=f"add `activation: {probable}`{logits}",
        related=(Related(loss.place, "the loss"),),
    )


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
