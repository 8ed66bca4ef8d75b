"""A loss of probabilities on an output that has other values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layerctl.base.shapes import Tensor
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Ref
from layerctl.graph.typed import TypedGraph
from layerctl.lint._rule import Training, TrainingRule

if TYPE_CHECKING:
    from layerctl.language.spec.chosen import Chosen


class MissingProbabilities(Code, id="LC510", severity="warning"):
    """The loss takes probabilities, and the output's values are not probabilities.

    Why:
        Cross-entropy is the logarithm of a probability. Keras clips other values to 0 … 1, so the model hardly learns, without a
        warning.

    Example:
        ```yaml
        inputs: {x: [8]}
        layers: [{Dense: 3}]
        train: {data: synthetic, loss: sparse_categorical_crossentropy}
        ```

    Fix:
        End the model in `activation: softmax` (`sigmoid` for yes-or-no outputs), or set `from_logits: true` on the loss.
    """


def check(training: Training, sink: Sink) -> None:
    if training.train is None or training.train.loss is None:
        return
    from layerctl.analysis.losses import known_outputs
    from layerctl.language.spec.reported import losses_by_output

    outputs = known_outputs(training.model, training.root) or {}
    for name, loss in losses_by_output(training.train, list(outputs)).items():
        ref, tensor = outputs[name]
        _judge(training.model, name, ref, tensor, loss, sink)


RULE = TrainingRule(check)


def _judge(model: TypedGraph, name: str, ref: Ref, tensor: Tensor, loss: Chosen, sink: Sink) -> None:
    """Warns where the output's last activation is known and does not suit the loss."""
    from layerctl.analysis.losses import final_activation, loss_class

    arguments = loss_class(loss, tensor)
    wanted = arguments.wants if arguments.unfit(tensor.shape) is None else frozenset()  # a loss that cannot work is an error
    activation = final_activation(model, ref)
    if not wanted or activation is None or activation in wanted or getattr(loss.arguments, "from_logits", False):
        return
    source = model.graph.nodes[ref.node]
    probable = "sigmoid" if "sigmoid" in wanted else "softmax"
    ending = "has no activation" if activation == "linear" else f"ends in {activation}"
    cls = type(arguments)
    logits = f", or write `{{{cls.keras_name()}: {{from_logits: true}}}}`" if "from_logits" in cls.model_fields else ""
    sink.add(
        MissingProbabilities,
        source.place,
        f"{loss.written} wants probabilities; the output `{name}` {ending}",
        help=f"add `activation: {probable}`{logits}",
        related=(Related(loss.place, "the loss"),),
    )
