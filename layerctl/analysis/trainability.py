"""Checks the section `train` against the model and the data: what Keras would refuse, or silently get wrong, in training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from layerctl.analysis.classes import check_class_weight
from layerctl.analysis.labels import Output, labels_fit, labels_of
from layerctl.analysis.losses import Outputs, final_activation, known_outputs, loss_class, units_of
from layerctl.analysis.metrics import check_metrics, report_unfit
from layerctl.base.shapes import FLOATS, Shape
from layerctl.base.source import Span
from layerctl.catalog import snake_case
from layerctl.catalog.datasets import find
from layerctl.catalog.datasets._base import Facts
from layerctl.diagnostics import Advice, Related, Sink
from layerctl.graph.graph import Input
from layerctl.graph.typed import TypedGraph
from layerctl.language.bind import MissingArgument
from layerctl.language.spec._codes import (
    ActivationAppliedTwice,
    BatchSizeDiffers,
    DatasetDoesNotFit,
    DirectionUnknown,
    LossDoesNotFit,
    NothingToMonitor,
    OutputWithoutLoss,
    TwoValidationParts,
    UnknownOutput,
)
from layerctl.language.spec.reported import Vector, losses_by_output, monitored, reported, validated, vectors
from layerctl.language.spec.train import Train
from layerctl.language.syntax import Mapping, Node

if TYPE_CHECKING:
    from layerctl.language.spec.callbacks import Checkpoint, EarlyStopping


def check_training(train: Train, root: Node, model: TypedGraph, sink: Sink) -> None:
    """Reports what cannot work in training, unless it follows from a mistake in the model or in the section itself."""
    entry = root.entries.get("train") if isinstance(root, Mapping) else None
    if entry is not None and isinstance(entry.value, Mapping):
        _Checks(train, entry.value, model, sink, known_outputs(model, root)).run(entry.key.span)


class _Checks:
    """One run of all checks.

    Attributes:
        outputs: the model's outputs by name; None where a mistake leaves one of them unknown.
    """

    def __init__(self, train: Train, section: Mapping, model: TypedGraph, sink: Sink, outputs: Outputs | None) -> None:
        self.train = train
        self.section = section
        self.model = model
        self.sink = sink
        self.outputs = outputs

    def run(self, key: Span) -> None:
        misspelled = any(self.means_loss(name) for name in self.unknown_keys()) or not self.section.whole
        if "loss" not in self.section.entries and not misspelled:
            help = "add `loss`: a loss, such as `mse`, or a mapping of outputs to losses"
            self.sink.add(MissingArgument, key, "`train` needs `loss`", label="`loss` is missing", help=help)
        facts = find(self.train.data.name) if self.train.data is not None and self.train.data.name else None
        if facts is not None and facts.size is not None and not self.model.graph.hidden:
            self.inputs(facts)
        self.parts()
        self.batches()
        if self.outputs is not None:
            self.by_output(self.outputs)
            self.losses(self.outputs)
            check_class_weight(self.train, self.section, self.outputs, self.sink)
            check_metrics(self.train, self.model, self.outputs, self.sink)
        self.monitors({} if self.outputs is None else units_of(self.model))

    def means_loss(self, name: str) -> bool:
        """Whether an unknown key is another name for `loss`, or a misspelling of it."""
        from layerctl.catalog.renamings import renamed

        row = renamed(("train",), name, ("loss",))
        return (row is not None and bool(row.to)) or self.sink.did_you_mean(name, ("loss",)) is not None

    def unknown_keys(self) -> Iterable[str]:
        return (name for name in self.section.entries if name not in Train.model_fields)

    def place(self, *path: str) -> Span:
        """The place of a value; for a default value that of the last key of the path that is given."""
        node: Node = self.section
        span = node.span
        for step in path:
            if not isinstance(node, Mapping) or step not in node.entries:
                return span
            span, node = node.entries[step].key.span, node.entries[step].value
        return node.span

    def inputs(self, facts: Facts) -> None:
        """Reports images of a dataset that do not fit the model's input."""
        data, place = self.train.data, self.place("data")
        inputs = self.model.graph.inputs
        if len(inputs) != 1:
            message = (
                f"`{facts.name}` has one kind of input; the model has {len(inputs)}: {_listed(node.name for node in inputs)}"
            )
            self.sink.add(DatasetDoesNotFit, place, message, help="take `synthetic`, or a file with an array for each input")
            return
        (node,) = inputs
        shape = node.shape[1:]
        related = (Related(node.place, f"`{node.name}` is declared here"),)
        if not node.shape:
            return
        if facts.layout(shape, data.size) is None:
            assert facts.size is not None, f"{facts.name} has no images"
            height, width = data.size or facts.size
            fits = f"[{height}, {width}, 1], [{height}, {width}] and [{height * width}]"
            free = facts.resized and data.size is None
            words = "is resized to inputs like [28, 28, 1], [28, 28] and [784]" if free else f"fits inputs {fits}"
            message = f"`{facts.name}` {words}; `{node.name}` is {_shape(shape)}"
            self.sink.add(DatasetDoesNotFit, place, message, help=self.size_help(facts, node), related=related)
        elif node.dtype not in FLOATS and data.rescale:
            message = f"the pixels of `{facts.name}` arrive as floats from 0 to 1; `{node.name}` takes {node.dtype}"
            integers = "int" in node.dtype
            help = (
                f"write `data: {{name: {facts.name}, rescale: false}}` for 0 … 255"
                if integers
                else "leave out the input's `dtype`"
            )
            self.sink.add(DatasetDoesNotFit, place, message, help=help, related=related)

    def size_help(self, facts: Facts, node: Input) -> str:
        shape = node.shape[1:]
        last = (*shape[1:], *shape[:1])
        if len(shape) == 3 and shape[0] in (1, 3) and facts.layout(last, self.train.data.size) is not None:
            return f"write `{node.name}: {_shape(last)}`: images have their channels last"
        sides = [dim for dim in shape[:2] if dim is not None]
        if len(sides) == 2 and not facts.resized:
            size = f"{sides[0]}" if sides[0] == sides[1] else f"[{sides[0]}, {sides[1]}]"
            if facts.layout(shape, (sides[0], sides[1])) is not None:
                return f"write `data: {{name: {facts.name}, image_size: {size}}}`"
        assert facts.size is not None, f"{facts.name} has no images"
        height, width = self.train.data.size or facts.size
        return f"write `{node.name}: [{height}, {width}, 1]`, or take `synthetic`, which fits every input"

    def parts(self) -> None:
        data = self.train.data
        if data is not None and data.validation is not None and self.train.validation_split:
            message = f"`data` names a validation part, {data.validation}; `validation_split` would make another"
            help = "remove `validation_split`, or `validation`"
            self.sink.add(TwoValidationParts, self.place("validation_split"), message, help=help)

    def batches(self) -> None:
        for node in self.model.graph.inputs:
            fixed = node.shape[0] if node.shape else None
            if fixed is not None and fixed != self.train.batch_size and not self.failed("batch_size"):
                message = f"`{node.name}` takes batches of {fixed}; training uses batches of {self.train.batch_size}"
                is_set = "batch_size" in self.section.entries
                place = self.place("batch_size") if is_set else node.place
                related = (Related(node.place, f"`{node.name}` is declared here"),) if is_set else ()
                help = f"write `batch_size: {fixed}` in `train`"
                self.sink.add(BatchSizeDiffers, place, message, help=help, related=related)

    def failed(self, key: str) -> bool:
        """Whether a key is given and its value holds a mistake."""
        return key in self.section.entries and key not in self.train.model_fields_set

    def by_output(self, outputs: Outputs) -> None:
        """Reports keys of mappings that are not outputs, and outputs without a loss."""
        before = len(self.sink)
        for key in ("loss", "loss_weights", "metrics"):
            node = self.section.get(key)
            if not isinstance(getattr(self.train, key), dict) or not isinstance(node, Mapping):
                continue
            for name, entry in node.entries.items():
                if name not in outputs:
                    message = f"`{key}` names the output `{name}`, which the model does not have"
                    self.sink.add(
                        UnknownOutput, entry.key.span, message, help=self.sink.suggestion(name, outputs, kind="its outputs")
                    )
        if len(self.sink) == before and isinstance(self.train.loss, dict):
            for name in outputs:
                if name not in self.train.loss:
                    place = self.section.entries["loss"].key.span
                    self.sink.add(OutputWithoutLoss, place, f"the output `{name}` has no loss", help=f"add `{name}: LOSS`")
        weights = self.train.loss_weights
        if isinstance(weights, tuple) and len(weights) != len(outputs):
            message = f"{len(weights)} loss weights for {len(outputs)} outputs: {_listed(outputs)}"
            help = "give one for each, in the order of the outputs"
            self.sink.add(OutputWithoutLoss, self.place("loss_weights"), message, help=help)

    def losses(self, outputs: Outputs) -> None:
        labels = labels_of(self.train.data, self.place("data", "one_hot"))
        for name, loss in losses_by_output(self.train, list(outputs)).items():
            ref, tensor = outputs[name]
            output = Output(name, tensor, self.model.graph.nodes[ref.node].place)
            if ref.node in self.model.sparse:
                related = (Related(output.place, "sparse vectors come from here"),)
                message = f"the output `{name}` is sparse when the model runs, and no loss works on that"
                self.sink.add(LossDoesNotFit, loss.place, message, help="put a Dense layer at the end", related=related)
            if labels is not None and not labels_fit(labels, output, loss, self.sink):
                continue
            if (unfit := loss_class(loss, tensor).unfit(tensor.shape)) is not None:
                report_unfit(LossDoesNotFit, loss, unfit, output.place, self.sink)
            arguments, activation = loss_class(loss, tensor), final_activation(self.model, ref)
            if arguments.takes_logits and activation in arguments.wants:
                source = self.model.graph.nodes[ref.node]
                message = f"`{source.name}` ends in {activation}, so its outputs are no logits"
                help = f"remove `from_logits: true`, or the {activation}"
                if "from_logits" not in type(arguments).model_fields:
                    message += f", which {loss.written} takes: it applies a softmax itself"
                    help = f"remove the {activation}"
                related = (Related(source.place, f"{activation} is applied here"),)
                self.sink.add(ActivationAppliedTwice, loss.argument_place("from_logits"), message, help=help, related=related)

    def hidden(self, name: str) -> bool:
        """Whether a reported value of this name may be missing because of a mistake elsewhere."""
        if self.outputs is None or not self.metrics_known():
            return True
        metrics = self.train.metrics if isinstance(self.train.metrics, dict) else {}
        astray = [metric for output, listed in metrics.items() if output not in self.outputs for metric in listed]
        if any(metric is not None and name.endswith(metric.reported) for metric in astray):
            return True
        losses = self.train.loss if isinstance(self.train.loss, dict) else {}
        known = losses.keys() <= self.outputs.keys() and None not in losses.values() and not self.failed("loss")
        return name.endswith("_loss") and not known

    def metrics_known(self) -> bool:
        """Whether all metrics are known: none holds a mistake."""
        metrics = self.train.metrics
        lists = metrics.values() if isinstance(metrics, dict) else [metrics or ()]
        return not self.failed("metrics") and all(metric is not None for metrics in lists for metric in metrics)

    def monitors(self, outputs: dict[str, int | None]) -> None:
        for key in ("early_stopping", "checkpoint"):
            section = getattr(self.train, key)
            if section is not None:
                self.monitor(key, section, outputs)

    def monitor(self, key: str, section: EarlyStopping | Checkpoint, outputs: dict[str, int | None]) -> None:
        place = self.place(key, "monitor")
        value = monitored(self.train, section.monitor, outputs)
        base = section.monitor.removeprefix("val_")
        unvalidated = base != section.monitor and not validated(self.train)
        if value is None and unvalidated and self.failed("validation_split"):
            return
        if value is None and (unvalidated or not self.hidden(base)):
            self.nothing(section.monitor, place, outputs)
        elif value is not None and value.direction is None and section.mode == "auto":
            message = f"whether `{section.monitor}` should rise or fall is not known"
            self.sink.add(DirectionUnknown, place, message, help="add `mode: max` or `mode: min`")

    def nothing(self, monitor: str, place: Span, outputs: dict[str, int | None]) -> None:
        names = list(reported(self.train, outputs))
        base = monitor.removeprefix("val_")
        for name, vector in vectors(self.train, outputs).items():
            if base in (name, snake_case(name)):
                self.several(monitor, place, vector, monitor.removesuffix(base) + name)
                return
        if base in names or (base != monitor and self.hidden(base)):
            message, help = no_validation(monitor)
        else:
            with_validation = [f"val_{name}" for name in names] if validated(self.train) else []
            message = f"`{monitor}` will not exist"
            help = self.sink.suggestion(monitor, [*names, *with_validation], kind="what is reported")
            if base in ("accuracy", "acc") and not self.train.metrics:
                more = " and `validation_split: 0.1`" if base != monitor and not with_validation else ""
                help = Advice(f"add `metrics: [accuracy]`{more} to `train`: without metrics only the loss is reported")
        self.sink.add(NothingToMonitor, place, message, help=help)

    def several(self, monitor: str, place: Span, vector: Vector, name: str) -> None:
        """Reports that a metric with several figures, which have this name, is monitored."""
        first, *_, last = vector.names(name)
        message = f"`{monitor}` is not one number: there are {len(vector.labels)}, `{first}` to `{last}`"
        help = f"give {vector.metric.written} {vector.single}, or monitor one of them"
        related = (Related(vector.metric.place, "the metric"),)
        self.sink.add(NothingToMonitor, place, message, help=help, related=related)


def no_validation(monitor: str) -> tuple[str, Advice]:
    """Message and help for a monitor of validation data that do not exist."""
    message = f"`{monitor}` will not exist: there are no validation data, as `validation_split` is 0"
    return message, Advice(f"add `validation_split: 0.1` to `train`, or write `monitor: {monitor.removeprefix('val_')}`")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _shape(shape: Shape) -> str:
    return f"[{', '.join('null' if dim is None else str(dim) for dim in shape)}]"
