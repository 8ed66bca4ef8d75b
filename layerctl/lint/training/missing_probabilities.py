"""A loss of probabilities on an output that has other values."""

from __future__ import annotations

from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Op
from layerctl.lint.training._rule import Plan, Trained, TrainRule


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


def check(plan: Plan, sink: Sink) -> None:
    """Warns where the output's last activation is known and does not suit the loss."""
    for output in plan.trained:
        loss, activation = output.loss, output.activation
        if not loss.wants or activation is None or activation in loss.wants or loss.takes_logits:
            continue
        if loss.unfit(output.tensor.shape) is not None:  # a loss that cannot work is an error
            continue
        probable = "sigmoid" if "sigmoid" in loss.wants else "softmax"
        ending = "has no activation" if activation == "linear" else f"ends in {activation}"
        name = type(loss).keras_name()
        logits = f", or write `{{{name}: {{from_logits: true}}}}`" if "from_logits" in type(loss).model_fields else ""
        sink.add(
            MissingProbabilities,
            output.node.place,
            f"{output.chosen.written} wants probabilities; the output `{output.name}` {ending}",
            help=f"{_ending_in(output, probable)}{logits}",
            related=(Related(output.chosen.place, "the loss"),),
        )


def _ending_in(output: Trained, probable: str) -> str:
    """What to write for an output that ends in an activation."""
    layer = output.node.layer if isinstance(output.node, Op) else None
    if layer is None or "activation" not in type(layer).model_fields:
        return f"add `- Activation: {probable}` behind it"
    if type(layer).first_argument() == "activation":
        return f"write `{type(layer).spec_name()}: {probable}`"
    return f"{'add' if output.activation == 'linear' else 'write'} `activation: {probable}`"


RULE = TrainRule(check)
