"""A metric of classes on an output of numbers, or of whole numbers on an output of fractions."""

from __future__ import annotations

from layerctl.analysis.arriving import gives_classes
from layerctl.base.shapes import FLOATS
from layerctl.catalog.losses._base import PROBABILITIES
from layerctl.diagnostics import Code, Related, Sink
from layerctl.language.spec.chosen import Chosen
from layerctl.lint.training._rule import Plan, Trained, TrainRule


class AccuracyOfNumbers(Code, id="LC522", severity="warning"):
    """Accuracy, as a metric of a regression, or a metric of whole numbers on outputs that are fractions.

    `accuracy` of probabilities is not reported, whatever the loss, nor that of data with classes.

    Why:
        `accuracy` cuts a single output at 0.5, and of several takes the largest; `Accuracy` counts exact hits. A number that is
        predicted to within 0.01 counts as a miss, so the metric stays near 0 however well the model learns. keras.io:
        `Accuracy` "calculates how often predictions equal labels". `MeanIoU` takes outputs that are class numbers: Keras cuts
        the probability 0.9 down to class 0, so that class 1 is never predicted.

    Example:
        ```yaml
        inputs: {x: [4]}
        layers: [{Dense: 1}]
        train: {data: synthetic, loss: mse, metrics: [accuracy]}
        ```

    Fix:
        Use a metric of numbers: `mae`, `RootMeanSquaredError` or `R2Score`. Where classes are meant, use a loss of classes; for
        the overlap of two classes `BinaryIoU`, which has a threshold.
    """


def check(plan: Plan, sink: Sink) -> None:
    for output in plan.trained:
        for metric in output.metrics:
            exact = metric.arguments is not None and metric.arguments.compares_exactly  # type: ignore[attr-defined]
            if exact and output.tensor.dtype in FLOATS and output.loss.targets == "dense":
                message = f"`{metric.written}` counts outputs that equal their targets exactly; `{output.name}` gives fractions"
                help = _help(output) if _is_number(output) else "write `accuracy`, which picks the kind by the output's shape"
                sink.add(AccuracyOfNumbers, metric.place, message, help=help)
            elif _cuts_to_zero(metric, output):
                message = f"`{metric.written}` takes class numbers and cuts fractions down; `{output.name}` gives fractions"
                of_logits = "write `{BinaryIoU: {threshold: 0}}`, which cuts logits at 0"
                otherwise = "write `BinaryIoU` in place of it and its arguments: it cuts at 0.5"
                sink.add(AccuracyOfNumbers, metric.place, message, help=of_logits if output.loss.takes_logits else otherwise)
            elif metric.arguments is None and _is_number(output) and not gives_classes(plan.train):
                _warn(metric, output, sink)


RULE = TrainRule(check)


def _cuts_to_zero(metric: Chosen, output: Trained) -> bool:
    """Whether a metric of class numbers measures the only probability, or logit, of two classes."""
    of_numbers = metric.arguments is not None and metric.arguments.takes_class_numbers  # type: ignore[attr-defined]
    return of_numbers and output.tensor.dtype in FLOATS and output.units == 1 and output.loss.one_unit == "binary"


def _is_number(output: Trained) -> bool:
    """Whether an output is trained towards numbers, and is known not to be a probability."""
    scaled = output.layer is not None and output.layer.affine
    known = output.activation is not None or scaled
    return output.loss.one_unit == "number" and known and output.activation not in PROBABILITIES


def _help(output: Trained) -> str:
    regression = "use a metric of numbers, such as `mae`, `RootMeanSquaredError` or `R2Score`"
    return regression if output.loss.one_unit == "number" else "use `accuracy`"


def _warn(metric: Chosen, output: Trained, sink: Sink) -> None:
    message = f"`{metric.written}` asks whether classes are right; {output.chosen.written} trains `{output.name}` towards numbers"
    related = (Related(output.chosen.place, "the loss"),)
    sink.add(AccuracyOfNumbers, metric.place, message, help=_help(output), related=related)
