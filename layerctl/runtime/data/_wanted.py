"""The requirements that a spec's model, losses and section `data` put on the data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from layerctl.analysis.losses import loss_class
from layerctl.base.shapes import Tensor
from layerctl.base.source import Span
from layerctl.catalog import datasets
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.losses._base import Loss
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics import Sink
from layerctl.graph.graph import Input, Op, Output
from layerctl.graph.infer import infer
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec.chosen import Chosen
from layerctl.language.spec.reported import losses_by_output
from layerctl.language.spec.train import Train
from layerctl.language.syntax import Mapping as MappingNode
from layerctl.language.syntax import Node
from layerctl.runtime.data._types import Form, Slot, Target, Wanted

FILLINGS = (32, 64, 128, 256)
"""Sizes to try for dimensions that a spec leaves open, for synthetic data: the first that the model accepts is used."""


def wanted(compiled: Accepted, train: Train, *, data_dir: str | os.PathLike[str] | None = None, seed: int = 0) -> Wanted:
    """The requirements of a spec's model.

    Args:
        compiled: a spec without errors.
        train: its section, with a loss and data.
        data_dir: where files of named datasets are looked up first.
        seed: of synthetic data and of every draw.
    """
    name = train.data.name or train.data.path
    facts = datasets.find(name)
    typed = compiled.model if facts is None or facts.size is not None else filled(compiled.model)
    graph = typed.graph
    slots = (
        Slot(node.name, node.shape[1:], node.dtype, vocabulary(typed, index))
        for index, node in enumerate(graph.nodes)
        if isinstance(node, Input)
    )
    losses = losses_by_output(train, [output.name for output in graph.outputs])
    folders = (data_dir, os.environ.get("LAYERCTL_DATA_DIR"))
    return Wanted(
        inputs=tuple(slots),
        targets=tuple(_target(typed, output, losses.get(output.name)) for output in graph.outputs),
        keyed=graph.keyed_outputs,
        place=place(compiled, "train", "data"),
        name=name,
        options=train.data.options(),
        seed=seed,
        beside=Path(compiled.path).parent,
        folders=tuple(Path(folder).expanduser() for folder in folders if folder),
        validation_split=train.validation_split,
        multiple=train.batch_size if any(node.shape[:1] != (None,) for node in graph.inputs) else 1,
    )


def place(compiled: Accepted, *keys: str) -> Span:
    """The place of a value in the spec, given by its keys; of the innermost section that exists if the value does not."""
    node: Node | None = compiled.root
    assert node is not None
    at = Span(node.source, node.start, node.start)
    for key in keys:
        if not isinstance(node, MappingNode) or key not in node.entries:
            break
        entry = node.entries[key]
        node, at = entry.value, entry.value.span if key == keys[-1] else entry.key.span
    return at


def _target(typed: TypedGraph, output: Output, chosen: Chosen | None) -> Target:
    tensor = typed.tensor(output.ref)
    assert isinstance(tensor, Tensor)
    shape = tensor.shape[1:]
    if chosen is None:
        return Target(output.name, shape, None, "")
    loss = loss_class(chosen, tensor)
    form = form_of(loss, shape[-1] if shape else 1)
    classes = shape[-1] if shape and form in ("classes", "one-hot") and loss.unit_per_class else None
    return Target(output.name, shape, form, chosen.written, classes, getattr(loss, "ignore_class", None))


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
    for value in layer.given().values():
        if isinstance(value, Layer):
            yield from _lookups(value)
