"""Whether the labels of the data, as far as the spec tells about them, suit an output and its loss."""

from __future__ import annotations

from typing import NamedTuple

from layerctl.analysis.losses import loss_class
from layerctl.base.shapes import Tensor, text, units_in
from layerctl.base.source import Span
from layerctl.catalog.datasets import _formats, find
from layerctl.diagnostics import Related, Sink
from layerctl.language.spec._codes import LossDoesNotFit
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.data import Data

SINGLE = ("images", "text")
"""The formats with one label for each sample."""


class Labels(NamedTuple):
    """What a spec tells of the labels.

    Attributes:
        source: the name or the path of the data.
        classes: the number of classes; None where only the data tell.
        named: whether `class_names` tells that number: some of these classes may have no samples.
        single: whether each sample has one label.
        one_hot: whether the spec wants vectors with a single 1; None where they become what the loss takes.
        place: of that wish.
    """

    source: str
    classes: int | None
    named: bool
    single: bool
    one_hot: bool | None
    place: Span


class Output(NamedTuple):
    """An output of the model: its name, its tensor, and where it is computed."""

    name: str
    tensor: Tensor
    place: Span


def labels_of(data: Data | None, place: Span) -> Labels | None:
    """What a spec tells of the labels; None where it tells nothing.

    Args:
        data: the data.
        place: that of `one_hot`.
    """
    facts = find(data.name) if data is not None and data.name is not None else None
    if facts is not None and data is not None:
        return Labels(facts.name, facts.classes, False, True, data.one_hot, place) if facts.classes is not None else None
    if data is None or data.path is None:
        return None
    format = data.format or getattr(_formats.by_suffix(data.path), "name", "images" if data.path.endswith("/") else None)
    names = data.class_names
    return Labels(data.path, len(names) if names else None, True, format in SINGLE, data.one_hot, place)


def labels_fit(labels: Labels, output: Output, loss: Chosen, sink: Sink) -> bool:
    """Whether the labels suit the loss and the output; reports what does not."""
    arguments, rank = loss_class(loss, output.tensor), output.tensor.rank
    units = units_in(output.tensor.shape)
    related = (Related(output.place, f"{text(output.tensor.shape)} comes from here"),)
    if labels.one_hot is not None and labels.one_hot != arguments.one_hot(units):
        taken = "class numbers" if arguments.targets == "index" else "numbers"
        message = f"`one_hot: true` makes labels vectors with a single 1; {loss.written} takes {taken}"
        if not labels.one_hot:
            message = f"`one_hot: false` keeps labels class numbers; {loss.written} takes vectors with a single 1"
        help = "leave out `one_hot`: labels become what the loss takes"
        sink.add(LossDoesNotFit, labels.place, message, help=help, related=(Related(loss.place, "the loss"),))
        return False
    if labels.single and rank > 2:
        message = f"`{labels.source}` has one label for each sample; the output `{output.name}` is {text(output.tensor.shape)}"
        help = "end the model in (batch, units): Flatten or a global pooling, then Dense"
        sink.add(LossDoesNotFit, loss.place, message, help=help, related=related)
        return False
    classes = labels.classes
    if units is None or classes is None or (labels.named and classes <= units):
        return True
    misfit = arguments.misfit(units, classes)
    if misfit is not None:
        of = "named by `class_names`" if labels.named else f"`{labels.source}`"
        message = f"{loss.written} {misfit} ({of}); the output `{output.name}` has {units}"
        help = f"give the output {classes} units" if units != classes else "take a loss of one label for each sample"
        if units == 1:
            help += " and take `sparse_categorical_crossentropy`"
        sink.add(LossDoesNotFit, loss.place, message, help=help, related=related)
    return misfit is None
