"""Runs a spec or a run on random input, a dataset or a file, and gives the record of the trace."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from layerctl.codegen.plan import plan
from layerctl.compiler.subjects import Subject
from layerctl.compiler.trainable import trainable, with_data
from layerctl.diagnostics.errors import UsageError
from layerctl.graph.typed import TypedGraph
from layerctl.report.results.following import Followed
from layerctl.report.results.trace import TraceRecord
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow.distribution import describe
from layerctl.runtime.flow.findings import Circumstances, remarks
from layerctl.runtime.flow.follow import first_sample, follow
from layerctl.runtime.flow.samples import from_file, random, real, tensors
from layerctl.runtime.flow.trace import Flow, Seen, flow, with_gradients
from layerctl.runtime.models.build import model_of
from layerctl.runtime.models.custom import blamed

SAMPLES = 32
"""How many samples of a dataset are taken by default; of random input it is one."""


def traced(
    named: Subject,
    *,
    data: str | None,
    input: Path | None,
    seed: int | None,
    samples: int | None,
    layer: str | None,
    at: Sequence[int] | None,
    gradients: bool,
    data_dir: str | os.PathLike[str] | None,
    keep: bool,
) -> tuple[TraceRecord, Flow]:
    """Runs a model; the arguments are those of `layerctl.trace`, with data if there are gradients.

    Args:
        keep: whether the arrays of all layers are kept; otherwise those of `layer` alone.

    Raises:
        SpecError: the data do not fit, or a custom layer fails.
        UsageError: the file cannot be read, or there is no value at these indices.
    """
    train = named.compiled.document.train
    if seed is None:
        seed = train.seed if train is not None else 0
    model, compiled = model_of(named, seed=seed)
    typed = compiled.model
    on_data = with_data(compiled, data) if data is not None else compiled
    labels: Any = None
    notes: list[str] = []
    if data is not None:
        arrays, labels = real(on_data, samples or SAMPLES, data_dir=data_dir, seed=seed)
    elif input is not None:
        arrays, notes = from_file(named, input)
    else:
        arrays = random(typed, samples or 1, seed)
    loss = None
    with blamed(compiled):
        seen = flow(plan(typed), model, tensors(typed, arrays), keep=keep or layer or False)
        layers = seen.layers
        if gradients:
            loss, layers = with_gradients(layers, model, on_data, trainable(on_data), arrays, labels)
    record = TraceRecord(
        model=typed.graph.name,
        weights="of the run" if named.weights else "fresh",
        seed=seed,
        data=data or (os.fspath(input) if input is not None else "random"),
        samples=len(arrays[0]),
        inputs={node.name: describe(values) for node, values in zip(typed.graph.inputs, arrays, strict=True)},
        layers=layers,
        notes=tuple(notes),
        loss=loss,
        followed=_followed(layer, seen.calls[layer][0], at) if layer is not None else None,
        remarks=remarks(layers, _circumstances(typed, arrays, gradients=gradients, trained=named.weights is not None)),
    )
    return record, seen


def _circumstances(typed: TypedGraph, arrays: list[Array], *, gradients: bool, trained: bool) -> Circumstances:
    outputs = frozenset(typed.graph.nodes[output.ref.node].name for output in typed.graph.outputs)
    return Circumstances(len(arrays[0]), outputs, gradients, trained)


def _followed(layer: str, seen: Seen, at: Sequence[int] | None) -> Followed:
    shape = first_sample(seen).shape
    if at is not None and (len(at) != len(shape) or not all(0 <= index < dim for index, dim in zip(at, shape, strict=False))):
        last = ",".join(str(dim - 1) for dim in shape) or "nothing"
        raise UsageError(f"`{layer}` has no value at {','.join(map(str, at))}", f"count from 0; its last one is at {last}")
    return follow(layer, seen, tuple(at) if at is not None else None)
