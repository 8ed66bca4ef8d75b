"""The section `train` of a spec that is to be trained: it needs data; options change it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from layerctl.analysis.trainability import check_training
from layerctl.base.source import Span
from layerctl.compiler._codes import NotTrainable
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics import Diagnostic, Sink
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.language.bind import Binder
from layerctl.language.other_data import OtherData
from layerctl.language.overrides import apply
from layerctl.language.spec.renamed import renamed
from layerctl.language.spec.train import Train, bind_data, bind_train, changed
from layerctl.language.syntax import Mapping, quoted


def settings(changed: dict[str, Any]) -> list[str]:
    """Options as overrides of the section `train`, which are checked like the spec's own values."""
    texts = {key: f"train.{key}={quoted(value)}" for key, value in changed.items() if value is not None}
    return [OtherData(text) if key == "data" else text for key, text in texts.items()]


def named_as(compiled: Accepted, names: Sequence[str] | None) -> Accepted:
    """A run's expanded spec with the output names of its original spec: `block.head`, where the expanded one has `block_head`.

    Args:
        compiled: the run's `resolved.yaml`.
        names: the output names in the run's metrics, preprocessing and predictions; None where the run has none.
    """
    model, document = compiled.model, compiled.document
    if names is None or len(names) != len(model.graph.outputs):
        return compiled
    expanded_names = [output.name for output in model.graph.outputs]
    outputs = tuple(output._replace(name=name) for output, name in zip(model.graph.outputs, names, strict=True))
    train = renamed(document.train, expanded_names, names) if document.train is not None else None
    graph = model.graph._replace(outputs=outputs)
    return compiled._replace(model=model._replace(graph=graph), document=changed(document, train=train))


def trainable(compiled: Accepted) -> Train:
    """The section `train`, with data.

    Raises:
        SpecError: there is no section `train`, or it names no data.
    """
    section = compiled.document.train
    if isinstance(section, Train) and section.data is not None:
        return section
    if section is None:
        message, help = "there is no section `train`", "add `train: {data: synthetic, loss: mse}`"
    else:
        message, help = "the section `train` names no data", "add `data: digits`, or say it with `--data`"
    raise SpecError((Diagnostic(NotTrainable, beginning(compiled), message, "", help),))


def beginning(compiled: Accepted) -> Span:
    """The first place of a spec, for mistakes about something that is missing."""
    return Span(compiled.root.source, compiled.root.start, compiled.root.start)


def with_learning_rate(section: Train, rate: float | None, compiled: Accepted) -> Train:
    """The section with another learning rate, which also replaces a schedule."""
    if rate is None:
        return section
    from layerctl.catalog import CATALOGS
    from layerctl.language.spec.chosen import Chosen

    if not (rate > 0 and math.isfinite(rate)):
        raise UsageError(f"a learning rate is a positive number, got {rate}", "for example `1e-3`")
    chosen = section.optimizer
    cls = type(chosen.arguments) if chosen is not None else CATALOGS["optimizers"].find("Adam")
    assert cls is not None
    given = chosen.arguments.given() if chosen is not None else {}
    arguments = cls.model_validate(given | {"learning_rate": rate})
    optimizer = Chosen(cls.keras_name(), arguments, chosen.place if chosen is not None else beginning(compiled))
    return changed(section, optimizer=optimizer)


def with_data(compiled: Accepted, data: str) -> Accepted:
    """The spec with other data in its section `train`; without that section it gets one, with the loss `mse`.

    Args:
        compiled: a spec without errors.
        data: a dataset's name, or a path.

    Raises:
        SpecError: the data do not fit the model.
    """
    sink, section = Sink(), compiled.document.train
    overrides = [*settings({"data": data}), *(["train.loss=mse"] if section is None else [])]
    root = apply(compiled.root, tuple(overrides), sink)
    node = root.get("train") if isinstance(root, Mapping) else None
    assert isinstance(node, Mapping), "the override creates it"
    binder = Binder(sink, {})
    if section is None:
        train = bind_train(binder, node)
    else:  # nothing is trained, so what is watched need not exist in these data
        train = changed(section, data=bind_data(binder, node.entries["data"].value), early_stopping=None, checkpoint=None)
    if not sink.has_errors:
        check_training(train, root, compiled.model, sink)
    if sink.has_errors:
        raise SpecError(sink.sorted(compiled.path))
    return compiled._replace(root=root, document=changed(compiled.document, train=train))
