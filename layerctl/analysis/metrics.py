"""Whether metrics suit the outputs that they measure, and the targets of the loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from layerctl.analysis.losses import Outputs, loss_class
from layerctl.base.shapes import Tensor
from layerctl.base.source import Span
from layerctl.catalog import CATALOGS, Unfit
from layerctl.catalog.losses._base import Targets
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec._codes import MetricDoesNotFit
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.reported import losses_by_output, metrics_by_output
from layerctl.language.spec.train import Train

if TYPE_CHECKING:
    from layerctl.catalog.metrics._base import Metric  # loaded with the metrics that a spec uses


def check_metrics(train: Train, model: TypedGraph, outputs: Outputs, sink: Sink) -> None:
    """Reports metrics that take outputs of another shape, or targets of another form than the loss."""
    losses = losses_by_output(train, list(outputs))
    for name, metrics in metrics_by_output(train, list(outputs)).items():
        ref, tensor = outputs[name]
        for metric in metrics:
            _check(metric, losses.get(name), tensor, model.graph.nodes[ref.node].place, sink)


def _check(metric: Chosen, loss: Chosen | None, tensor: Tensor, at: Span, sink: Sink) -> None:
    """Reports a metric of an output that is computed at a place, if the two do not go together."""
    arguments = cast("Metric | None", metric.arguments)
    if loss is not None:
        form = loss_class(loss, tensor).targets
        if form == "sequence":
            message = f"`{metric.written}` compares position by position; {loss.written} has labels without positions"
            help, related = "remove it: the loss is reported", (Related(loss.place, "the loss"),)
            sink.add(MetricDoesNotFit, metric.place, message, help=help, related=related)
            return
        several = loss.arguments is not None and tensor.shape[-1:] not in ((1,), (None,))
        if several and arguments is not None and arguments.expects() != form:
            _targets_differ(metric, arguments, loss, form, sink)
            return
    if arguments is not None and (unfit := arguments.unfit(tensor.shape)) is not None:
        report_unfit(MetricDoesNotFit, metric, unfit, at, sink)


def report_unfit(code: type[Code], chosen: Chosen, unfit: Unfit, at: Span, sink: Sink) -> None:
    """Reports a loss or a metric that cannot work on the shape of the output that is computed at a place."""
    place = chosen.argument_place(unfit.argument) if unfit.argument is not None else chosen.place
    sink.add(code, place, f"`{chosen.written}` {unfit.message}", help=unfit.help, related=(Related(at, "the output"),))


def _targets_differ(metric: Chosen, arguments: Metric, loss: Chosen, form: Targets, sink: Sink) -> None:
    numbers, vectors = "class numbers", "targets of the output's shape"
    takes, gets = (vectors, numbers) if form == "index" else (numbers, vectors)
    message = f"`{metric.written}` takes {takes}; {loss.written} works on {gets}"
    name = arguments.keras_name()
    other = f"Sparse{name}" if form == "index" else name.removeprefix("Sparse")
    known = other != name and CATALOGS["metrics"].find(other) is not None
    instead = f"take `{other}`" if known else "take `accuracy`, or the loss `categorical_crossentropy`"
    help = arguments.remedy(form) or instead
    sink.add(MetricDoesNotFit, metric.place, message, help=help, related=(Related(loss.place, "the loss"),))
