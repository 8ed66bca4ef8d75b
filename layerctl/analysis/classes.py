"""The classes of outputs: their number, and whether `class_weight` fits them."""

from __future__ import annotations

from layerctl.analysis.losses import Outputs, loss_class
from layerctl.base.shapes import Tensor, text
from layerctl.base.source import Span
from layerctl.diagnostics import Related, Sink
from layerctl.language.spec._codes import ClassWeightDoesNotFit, UnknownOutput
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.reported import losses_by_output
from layerctl.language.spec.train import Train
from layerctl.language.syntax import Mapping, Node


def class_count(loss: Chosen | None, output: Tensor) -> int | None:
    """How many classes an output has, each sample belonging to one; None where it has no classes or their number is unknown."""
    if loss is None or len(output.shape) > 2:
        return None
    arguments = loss_class(loss, output)
    units = output.shape[-1] if len(output.shape) == 2 else 1
    if arguments.targets == "index":
        return units if arguments.unit_per_class else None
    if arguments.targets == "sequence" or arguments.one_unit == "number":
        return None
    if arguments.one_unit == "binary":
        return 2 if units == 1 else None
    return units if units != 1 else None


def class_weights(train: Train, outputs: list[str]) -> dict[str, dict[int, float]]:
    """The weight of each class, by output, for the outputs that have class weights."""
    weights = train.class_weight or {}
    if all(isinstance(key, int) for key in weights):
        return {outputs[0]: weights} if weights else {}
    return dict(weights)


def check_class_weight(train: Train, section: Mapping, outputs: Outputs, sink: Sink) -> None:
    """Reports weights of classes that do not exist."""
    section_weights = train.class_weight or {}
    plain = all(isinstance(key, int) for key in section_weights)
    if plain and section_weights and len(outputs) > 1:
        message = f"`class_weight` does not say of which output: the model has {', '.join(f'`{name}`' for name in outputs)}"
        help = f"write `class_weight: {{{next(iter(outputs))}: {{0: 1.0, 1: 5.0}}}}`"
        sink.add(ClassWeightDoesNotFit, _key(section, "class_weight"), message, help=help)
        return
    losses = losses_by_output(train, list(outputs))
    for name, weights in class_weights(train, list(outputs)).items():
        path = ("class_weight",) if plain else ("class_weight", name)
        if name not in outputs:
            message = f"`class_weight` names the output `{name}`, which the model does not have"
            sink.add(UnknownOutput, _key(section, *path), message, help=sink.suggestion(name, outputs, kind="its outputs"))
        elif name in losses:
            _check_classes(section, path, list(weights), outputs[name][1], losses[name], sink)


def _check_classes(section: Mapping, path: tuple[str, ...], numbers: list[int], output: Tensor, loss: Chosen, sink: Sink) -> None:
    """Reports classes that an output does not have."""
    count = class_count(loss, output)
    if count is None:
        message = f"there are no classes to give weights to: {loss.written} on {text(output.shape)} does not tell any apart"
        help = "remove `class_weight`, or take a loss of classes, such as `sparse_categorical_crossentropy`"
        if len(output.shape) > 2 and class_count(loss, output._replace(shape=(None, output.shape[-1]))) is not None:
            message = (
                f"`class_weight` gives weights to samples, and in {text(output.shape)} each place of a sample has its own class"
            )
            help = "remove `class_weight`; for pixels or steps take a loss that makes up for rare classes, such as "
            help += "`categorical_focal_crossentropy` with its `alpha`, `dice` or `tversky`"
        related = (Related(loss.place, "the loss"),)
        sink.add(ClassWeightDoesNotFit, _key(section, *path), message, help=help, related=related)
        return
    for number in numbers:
        if number >= count:
            place = _key(section, *path, str(number))
            message = f"there is no class {number}: the output has {count} classes"
            sink.add(ClassWeightDoesNotFit, place, message, help=f"classes are numbered from 0 to {count - 1}")


def _key(section: Mapping, *path: str) -> Span:
    """The place of a key in the section; that of the last key of the path that exists."""
    node: Node = section
    span = section.span
    for step in path:
        if not isinstance(node, Mapping) or step not in node.entries:
            break
        span, node = node.entries[step].key.span, node.entries[step].value
    return span
