"""The requirements that a spec's model, losses and section `data` put on the data."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from layerctl.analysis.data._codes import DataDoNotFit, UnreadableData
from layerctl.analysis.losses import loss_class
from layerctl.base.printable import printable
from layerctl.base.shapes import Shape, Tensor
from layerctl.base.source import Span
from layerctl.catalog import datasets
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.losses._base import Loss
from layerctl.diagnostics import Code, Diagnostic, Sink
from layerctl.diagnostics.errors import SpecError
from layerctl.graph.graph import Input, Op, Output
from layerctl.graph.infer import infer
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.reported import losses_by_output
from layerctl.language.spec.train import Train
from layerctl.language.syntax import Mapping as MappingNode
from layerctl.language.syntax import Node

T = TypeVar("T")

FILLINGS = (32, 64, 128, 256)
"""Sizes to try for dimensions that a spec leaves open, for synthetic data: the first that the model accepts is used."""

TEST_SPLIT = 0.2
"""The share of the samples that is held back to test on, unless the spec says another."""


class Slot(NamedTuple):
    """An input of the model.

    Attributes:
        name: its name.
        shape: without the batch dimension.
        dtype: of its values.
        vocabulary: how many different integers it takes, if an Embedding or the like looks them up; None otherwise.
    """

    name: str
    shape: Shape
    dtype: str
    vocabulary: int | None = None


Form = Literal["classes", "one-hot", "binary", "values", "sequence"]
"""The form of the labels that a loss takes: class numbers, one-hot vectors, 0 or 1, plain numbers, sequences of class numbers."""


SIGNED = (-1, 1)
"""The limits of labels that are -1 and 1."""


class Target(NamedTuple):
    """An output of the model, and the labels that its loss takes.

    Attributes:
        name: its name.
        shape: without the batch dimension.
        form: of its labels; None if it has no loss.
        loss: the loss's name, for messages.
        classes: how many class numbers there are; None if the labels are not class numbers, or are not limited.
        ignored: a class number that the loss ignores, and that may be out of range.
        limits: the least and the greatest value of labels that are neither class numbers nor sequences; None if all are fine.
    """

    name: str
    shape: Shape
    form: Form | None
    loss: str
    classes: int | None = None
    ignored: int | None = None
    limits: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A model's requirements of its data, and the section `data` of the spec.

    Attributes:
        inputs: in the order of the model.
        targets: in the order of the model.
        keyed: whether the outputs are a mapping.
        place: where the spec names the data.
        name: of the dataset, or the path of a file.
        options: the options of `data`.
        seed: of synthetic data, and of every draw.
        aside: the seed for drawing the validation samples; None for `seed`.
        folders: where files of named datasets are looked up before Keras's cache.
        beside: the spec's folder; a path is looked up in the current directory, then there.
        validation_split: the share of the training samples from which no preprocessing may be learnt.
        multiple: the size of each part is a multiple of this: the batch size of a model that fixes it.
        places: where the spec gives the options.
    """

    inputs: tuple[Slot, ...]
    targets: tuple[Target, ...]
    keyed: bool
    place: Span
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    aside: int | None = None
    folders: tuple[Path, ...] = ()
    beside: Path = Path()
    validation_split: float = 0.0
    multiple: int = 1
    places: Mapping[str, Span] = field(default_factory=dict)

    def refuse(
        self,
        code: type[Code],
        message: str,
        *,
        help: str | None = None,
        label: str = "",
        trace: tuple[str, ...] = (),
        option: str | None = None,
    ) -> SpecError:
        """The error for a mistake in the data, at the place where the spec gives the option, or names the data."""
        place = self.places.get(option, self.place) if option is not None else self.place
        shown = tuple(map(printable, trace))
        return SpecError((Diagnostic(code, place, printable(message), label, help, trace=shown),))

    def misfit(self, message: str, help: str) -> SpecError:
        """The error where the data do not fit the model."""
        return self.refuse(DataDoNotFit, message, help=help)

    def unreadable(self, message: str, help: str) -> SpecError:
        """The error where a file does not hold what its format requires."""
        return self.refuse(UnreadableData, message, help=help)

    @contextmanager
    def reading(self, option: str) -> Iterator[None]:
        """Reports mistakes in a part of the data where the spec names that part, by an option."""
        try:
            yield
        except SpecError as error:
            place = self.places.get(option, self.place)
            moved = (one._replace(span=place) if one.span == self.place else one for one in error.diagnostics)
            raise SpecError(tuple(moved)) from None

    def only(self, slots: tuple[T, ...], what: str) -> T:
        """The one input or output of a model whose data have one array of them."""
        if len(slots) != 1:
            message = f"`{self.name}` holds one array of {what}s; the model has {len(slots)} {what}s"
            raise self.misfit(message, "`synthetic` is made for any number of inputs and outputs, and a table can have several")
        return slots[0]


def requirements(
    model: TypedGraph,
    root: Node,
    path: str,
    train: Train,
    *,
    data_dir: str | os.PathLike[str] | None = None,
    seed: int = 0,
) -> Wanted:
    """The requirements of a spec's model.

    Args:
        model: without errors.
        root: the spec's tree.
        path: of the spec.
        train: its section, with a loss and data.
        data_dir: where files of named datasets are looked up first.
        seed: of synthetic data and of every draw.
    """
    name = train.data.name or train.data.path
    facts = datasets.find(name)
    typed = model if facts is None or facts.size is not None else filled(model)
    graph = typed.graph
    slots = (
        Slot(node.name, node.shape[1:], node.dtype, vocabulary(typed, index))
        for index, node in enumerate(graph.nodes)
        if isinstance(node, Input)
    )
    losses = losses_by_output(train, [output.name for output in graph.outputs])
    said = unjudged(root, path, train)
    folders = (data_dir, os.environ.get("LAYERCTL_DATA_DIR"))
    return replace(
        said,
        inputs=tuple(slots),
        targets=tuple(_target(typed, output, losses.get(output.name)) for output in graph.outputs),
        keyed=graph.keyed_outputs,
        seed=seed,
        folders=tuple(Path(os.path.expanduser(folder)) for folder in folders if folder),
        validation_split=train.validation_split,
        multiple=train.batch_size if any(node.shape[:1] != (None,) for node in graph.inputs) else 1,
    )


def unjudged(root: Node, path: str, train: Train) -> Wanted:
    """What a spec says of its data, without the requirements of its model; arguments as for `requirements`."""
    return Wanted(
        inputs=(),
        targets=(),
        keyed=False,
        place=place(root, "train", "data", "name" if train.data.name else "path"),
        name=train.data.name or train.data.path,
        options=train.data.options(),
        beside=Path(path).parent,
        places={key: place(root, "train", "data", key) for key in train.data.options()},
    )


def tests(count: int, wanted: Wanted) -> int:
    """How many of the samples are held back to test on: none where the spec names a test part."""
    if "test" in wanted.options:
        return 0
    held: int = max(1, round(count * wanted.options.get("test_split", TEST_SPLIT)))
    return held


def place(root: Node, *keys: str) -> Span:
    """The place of a value in the spec, given by its keys; of the innermost section that exists if the value does not."""
    node, at = root, Span(root.source, root.start, root.start)
    for key in keys:
        if not isinstance(node, MappingNode) or key not in node.entries:
            break
        entry = node.entries[key]
        node = entry.value
        at = entry.key.span if isinstance(node, MappingNode) and key != keys[-1] else node.span
    return at


def _target(typed: TypedGraph, output: Output, chosen: Chosen | None) -> Target:
    tensor = typed.tensor(output.ref)
    assert isinstance(tensor, Tensor)
    shape = tensor.shape[1:]
    if chosen is None:
        return Target(output.name, shape, None, "")
    loss = loss_class(chosen, tensor)
    form = form_of(loss, shape[-1] if shape else 1)
    classes = shape[-1] if shape and form in ("classes", "one-hot", "sequence") and loss.unit_per_class else None
    return Target(output.name, shape, form, chosen.written, classes, getattr(loss, "ignore_class", None), _limits(loss, form))


def _limits(loss: Loss, form: Form) -> tuple[int, int] | None:
    if form == "binary":
        return SIGNED if loss.signed else (0, 1)
    return (0, 1) if form == "one-hot" and loss.wants else None


def form_of(loss: Loss, units: int | None) -> Form:
    """The form of the labels that a loss takes for an output with `units` units."""
    if loss.targets == "index":
        return "classes"
    if loss.targets == "sequence":
        return "sequence"
    if loss.one_unit == "binary":
        return "binary"
    return "one-hot" if loss.one_hot(units) else "values"


def filled(typed: TypedGraph) -> TypedGraph:
    """The model with a fixed size for each dimension that its inputs leave open."""
    graph = typed.graph
    if all(dim is not None for node in graph.inputs for dim in node.shape[1:]):
        return typed
    for filling in FILLINGS:
        nodes = tuple(
            node._replace(shape=(node.shape[0], *(filling if dim is None else dim for dim in node.shape[1:])))
            if isinstance(node, Input)
            else node
            for node in graph.nodes
        )
        sink = Sink()
        inferred = infer(graph._replace(nodes=nodes), sink)
        if not sink.has_errors:
            return inferred
    return typed


def vocabulary(typed: TypedGraph, index: int) -> int | None:
    """How many different integers an input takes, if a layer looks them up; the smallest number, if several layers do.

    Layers without weights (a reshape, a permutation) pass integers on.
    """
    lookups: list[int] = []
    carriers = {index}
    for number, node in enumerate(typed.graph.nodes):
        if isinstance(node, Op) and node.layer is not None and any(ref.node in carriers for ref in node.refs()):
            sizes = list(_lookups(node.layer))
            lookups += sizes
            if not sizes and node.shared is None and typed.nodes[number].weights == ():
                carriers.add(number)
    return min(lookups, default=None)


def _lookups(layer: Layer) -> Iterator[int]:
    if layer.vocabulary_size is not None:
        yield layer.vocabulary_size
    for value in layer.contents:
        if isinstance(value, Layer):
            yield from _lookups(value)
