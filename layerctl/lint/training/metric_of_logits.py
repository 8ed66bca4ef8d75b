"""A metric of probabilities on an output of logits."""

from __future__ import annotations

from typing import Any

from layerctl.catalog.losses._base import PROBABILITIES
from layerctl.diagnostics import Code, Related, Sink
from layerctl.language.spec.chosen import Chosen
from layerctl.lint.training._rule import Plan, Trained, TrainRule


class MetricOfLogits(Code, id="LC521", severity="warning"):
    """A metric that takes probabilities, on an output whose loss takes logits, or tells classes by their sign, as `hinge` does.

    Metrics that only compare outputs with each other, such as the accuracy of several classes, are not reported.

    Why:
        `from_logits: true` tells the loss, and no metric. A metric that cuts at 0.5, or takes a logarithm, then reports a wrong
        value: a logit of 0.5 is a probability of 0.62. keras.io on `Precision`: used with a loss that sets
        `from_logits=True`, "`thresholds` should be set to 0".

    Example:
        ```yaml
        inputs: {x: [2]}
        layers: [{Dense: 1}]
        train:
          data: synthetic
          loss: {BinaryCrossentropy: {from_logits: true}}
          metrics: [Precision]
        ```

    Fix:
        Set `from_logits: true` on metrics that have it, or `thresholds: 0`; or end the model in a sigmoid (softmax for several
        classes) and leave `from_logits` out of the loss. In place of `accuracy`, `{BinaryAccuracy: {threshold: 0.0}}` cuts at 0.
    """


def check(plan: Plan, sink: Sink) -> None:
    for output in plan.trained:
        loss = output.loss
        if (loss.takes_logits or loss.signed) and loss.targets != "sequence" and output.activation not in PROBABILITIES:
            gives = "is below 0 for one of its classes" if loss.signed else "gives logits"
            takes = "tells the classes by their sign" if loss.signed else "takes logits"
            for metric in output.metrics:
                if _needs_probabilities(metric, output):
                    message = f"`{metric.written}` takes probabilities; the output `{output.name}` {gives}"
                    related = (Related(output.chosen.place, f"the loss {takes}"),)
                    sink.add(MetricOfLogits, metric.place, message, help=_help(metric, output), related=related)


RULE = TrainRule(check)


def _needs_probabilities(metric: Chosen, output: Trained) -> bool:
    """Whether logits make the metric wrong; for `accuracy` with one unit Keras picks the one that cuts at 0.5."""
    arguments: Any = metric.arguments
    if arguments is None:
        return output.units == 1
    fits = arguments.expects() == output.loss.targets  # otherwise there is an error already
    return bool(fits and arguments.needs_probabilities)


def _help(metric: Chosen, output: Trained) -> str:
    """What makes the metric right: an argument of its own, where it has one, and otherwise probabilities."""
    probable = "sigmoid" if "sigmoid" in output.loss.wants else "softmax"
    other = f"end the model in a {probable}, and leave `from_logits` out of the loss"
    if output.loss.signed:
        probable, other = "sigmoid", "end the model in a sigmoid, and take `binary_crossentropy`"
    if metric.arguments is None:
        return f"write `{{BinaryAccuracy: {{threshold: 0.0}}}}`, or {other}"
    fields = type(metric.arguments).model_fields if metric.arguments is not None else {}
    of_two = probable == "sigmoid" or "axis" in fields  # a metric of classes has an axis for its own softmax
    argument = {"from_logits": "true", "thresholds": "0"}
    for name, value in argument.items():
        if name in fields and of_two:
            written = f"add `{name}: {value}` to it" if metric.node else f"write `{{{metric.written}: {{{name}: {value}}}}}`"
            return f"{written}, or {other}"
    return other
