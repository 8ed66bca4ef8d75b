"""A model run on some input, and what flows through it then."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from layerctl.codegen.plan import plan
from layerctl.compiler.subjects import Subject
from layerctl.compiler.trainable import trainable, with_data
from layerctl.diagnostics.errors import UsageError
from layerctl.graph.typed import TypedGraph
from layerctl.report.findings import remarks
from layerctl.report.results.following import Followed
from layerctl.report.results.trace import InputTrace, TraceRecord
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import describe
from layerctl.runtime.flow.follow import first_sample, follow
from layerctl.runtime.flow.samples import from_file, random, real, tensors
from layerctl.runtime.flow.subjects import made
from layerctl.runtime.flow.trace import Flow, flow, with_gradients
from layerctl.runtime.models.custom import blamed

SAMPLES = 32
"""Samples of a dataset; of random input and of a file there is one, unless more are asked for."""


class Request(NamedTuple):
    """What a model is run on, and what is to be seen of it.

    Attributes:
        data: a dataset, of whose test samples some are taken; with gradients there is one.
        input: a file; random input without both.
        seed: of fresh weights and of random input; the spec's own by default.
        samples: how many.
        layer: one of whose values one is followed back.
        at: which value, by its place without the batch; the largest by default.
        gradients: whether the gradient of the spec's loss to each trained weight is taken.
        data_dir: where files of named sets are looked for first.
    """

    data: str | None = None
    input: Path | None = None
    seed: int | None = None
    samples: int | None = None
    layer: str | None = None
    at: tuple[int, ...] | None = None
    gradients: bool = False
    data_dir: str | os.PathLike[str] | None = None


def traced(given: Subject, asked: Request, *, keep: bool) -> tuple[TraceRecord, Flow]:
    """Runs a model.

    Args:
        given: the model.
        asked: on what, and what is to be seen.
        keep: whether the arrays of all layers are kept; otherwise those of the layer that is asked for.

    Raises:
        SpecError: the data do not fit, or a custom layer fails.
        UsageError: the file cannot be read, or there is no such value.
    """
    train = given.compiled.document.train
    seed = asked.seed if asked.seed is not None else train.seed if train is not None else 0
    model, compiled = made(given, seed=seed)
    typed = compiled.model
    on_data = with_data(compiled, asked.data) if asked.data is not None else compiled
    labels: Any = None
    notes: list[str] = []
    if asked.data is not None:
        arrays, labels = real(on_data, asked.samples or SAMPLES, data_dir=asked.data_dir, seed=seed)
    elif asked.input is not None:
        arrays, notes = from_file(typed, asked.input)
    else:
        arrays = random(typed, asked.samples or 1, seed)
    loss = None
    with blamed(compiled):
        seen = flow(plan(typed), model, tensors(typed, arrays), keep=keep or asked.layer or False)
        layers = seen.layers
        if asked.gradients:
            loss, layers = with_gradients(layers, model, on_data, trainable(on_data), arrays, labels)
    record = TraceRecord(
        model=typed.graph.name,
        weights="of the run" if given.weights else "fresh",
        seed=seed,
        data=asked.data or (os.fspath(asked.input) if asked.input is not None else "random"),
        samples=len(arrays[0]),
        inputs=_inputs(typed, arrays),
        layers=layers,
        notes=tuple(notes),
        loss=loss,
        followed=_followed(seen, asked.layer, asked.at) if asked.layer is not None else None,
        remarks=remarks(layers, len(arrays[0])),
    )
    return record, seen


def _inputs(typed: TypedGraph, arrays: list[Array]) -> tuple[InputTrace, ...]:
    return tuple(InputTrace(node.name, describe(values)) for node, values in zip(typed.graph.inputs, arrays, strict=True))


def _followed(flow: Flow, layer: str, at: Sequence[int] | None) -> Followed:
    """One value of the layer, and all of the first sample where they are few."""
    seen = flow.calls[layer][0]
    shape = first_sample(seen).shape
    if at is not None and (len(at) != len(shape) or not all(0 <= index < dim for index, dim in zip(at, shape, strict=False))):
        wanted = ",".join(str(dim - 1) for dim in shape) or "nothing"
        shown = ",".join(map(str, at))
        raise UsageError(f"`{layer}` has no value at {shown}", f"count from 0; its last one is at {wanted}")
    return follow(layer, seen, tuple(at) if at is not None else None)
