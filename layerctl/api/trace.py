"""What flows through a model, as a plain function: what the command `trace` and Python users call."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from layerctl.compiler.accepted import SpecLike
from layerctl.compiler.permission import permitted
from layerctl.compiler.pipeline import Accepted
from layerctl.compiler.subjects import Subject, subject
from layerctl.diagnostics.errors import UsageError

if TYPE_CHECKING:
    from layerctl.runtime.flow.trace import Flow

SAMPLES = 32
"""Samples of a dataset; of random input and of a file there is one, unless more are asked for."""


class Trace(NamedTuple):
    """What was seen.

    Attributes:
        record: as `--format json` prints it.
        flow: the arrays; those of all layers where something was to be written, else of the layer asked for.
    """

    record: dict[str, Any]
    flow: Flow


def trace(
    spec: SpecLike,
    *,
    data: str | None = None,
    input: str | os.PathLike[str] | None = None,
    seed: int | None = None,
    samples: int | None = None,
    layer: str | None = None,
    at: Sequence[int] | None = None,
    gradients: bool = False,
    outputs: Iterable[str | os.PathLike[str]] = (),
    data_dir: str | os.PathLike[str] | None = None,
    allow_custom_code: bool = False,
    overrides: Iterable[str] = (),
) -> Trace:
    """Runs a model on some input, and describes each layer's outputs and weights.

    Args:
        spec: a spec, whose weights are those that training with this seed begins with, or a run.
        data: a dataset, of whose test samples some are taken.
        input: a file: an image, an `.npy` array, or an `.npz` archive with an array for each input by its name.
        seed: of fresh weights and of random input; the spec's own by default.
        samples: how many.
        layer: one whose values are shown, and of which one is followed back to what it was computed from.
        at: which value, by its place without the batch; the largest by default.
        gradients: adds the gradient of the spec's loss to each trained weight; without `data` on synthetic data.
        outputs: where to write: `.json`, `.npz`, or a directory for pictures.
        data_dir: where files of named sets are looked for first.
        allow_custom_code: whether the classes of custom layers may be imported.
        overrides: `KEY=VALUE` texts, as for `--set`.

    Raises:
        SpecError: the spec has errors, the data do not fit, or a custom layer fails.
        UsageError: there is no such layer or value, a file cannot be read or written, or options exclude each other.
        MissingPackage: Keras is not installed.
    """
    if data is not None and input is not None:
        raise UsageError("the input comes from `--data` or from `--input`, not from both", "leave one of them out")
    if gradients and input is not None:
        raise UsageError("a gradient needs labels, which a file of inputs does not have", "use `--data`")
    if at is not None and layer is None:
        raise UsageError("a value is one of a layer's", "name it: `--layer NAME`")
    given = subject(spec, overrides=overrides)
    given = given._replace(compiled=permitted(given.compiled, allow_custom_code=allow_custom_code))
    if gradients:
        data = data or "synthetic"
        _must_train(given.compiled)
    files = [Path(path) for path in outputs]
    from layerctl.runtime.backends import backend

    backend.keras()
    from layerctl.runtime.flow.outputs import check_places, write

    check_places(files)
    _must_exist(given, layer)
    record, flow = _traced(given, data, input, seed, samples, layer, gradients, bool(files), data_dir)
    if layer is not None:
        record["followed"] = _followed(flow, layer, at)
    from layerctl.report.findings import findings
    from layerctl.runtime.training.record import finite

    record = finite(record)
    record["findings"] = [finding._asdict() for finding in findings(record)]
    record["files"] = [written.as_posix() for file in files for written in write(file, record, flow)]
    return Trace(record, flow)


def _traced(
    given: Subject,
    data: str | None,
    input: str | os.PathLike[str] | None,
    seed: int | None,
    count: int | None,
    layer: str | None,
    gradients: bool,
    keep: bool,
    data_dir: Any,
) -> tuple[dict[str, Any], Flow]:
    from layerctl.codegen.plan import plan
    from layerctl.compiler.trainable import trainable, with_data
    from layerctl.runtime.flow.distribution import describe
    from layerctl.runtime.flow.samples import from_file, random, real, tensors
    from layerctl.runtime.flow.subjects import made
    from layerctl.runtime.flow.trace import add_gradients, flow
    from layerctl.runtime.models.custom import blamed

    compiled = given.compiled
    train = compiled.document.train
    seed = seed if seed is not None else train.seed if train is not None else 0
    model, compiled = made(given, seed=seed)
    typed = compiled.model
    planned = plan(typed)
    labels: Any = None
    notes: list[str] = []
    if data is not None:
        trainable_on = with_data(compiled, data)
        arrays, labels = real(trainable_on, count or SAMPLES, data_dir=data_dir, seed=seed)
    elif input is not None:
        arrays, notes = from_file(typed, Path(input))
    else:
        arrays = random(typed, count or 1, seed)
    with blamed(compiled):
        found = flow(planned, model, tensors(typed, arrays), keep=keep or layer or False)
    record: dict[str, Any] = {
        "version": 1,
        "model": typed.graph.name,
        "weights": "of the run" if given.weights else "fresh",
        "seed": seed,
        "data": data or (os.fspath(input) if input is not None else "random"),
        "samples": len(arrays[0]),
        "inputs": [{"name": node.name, **describe(values)} for node, values in zip(typed.graph.inputs, arrays, strict=True)],
        "layers": found.rows,
        "notes": notes,
    }
    if gradients:
        with blamed(compiled):
            record["loss"] = add_gradients(found.rows, model, trainable_on, trainable(trainable_on), arrays, labels)
    return record, found


def _must_train(compiled: Accepted) -> None:
    """Holds that the spec says how to train; where there are no data, others are named."""
    from layerctl.compiler.trainable import trainable

    if compiled.document.train is None:
        trainable(compiled)


def _must_exist(given: Subject, layer: str | None) -> None:
    """Holds that the model has a layer of that name; `encoder/dense` is one of a nested model."""
    from layerctl.analysis.costs import Row, summarize

    def names(rows: Iterable[Row], within: str = "") -> list[str]:
        return [name for row in rows for name in (within + row.name, *names(row.inner, f"{within}{row.name}/"))]

    known = names(summarize(given.compiled.model).rows)
    if layer is not None and layer not in known:
        from layerctl.diagnostics import suggestion

        raise UsageError(f"the model has no layer `{layer}`", suggestion(layer, known))


def _followed(flow: Flow, layer: str, at: Sequence[int] | None) -> Mapping[str, Any]:
    """One value of the layer, and all of the first sample where they are few."""
    from layerctl.runtime.flow.follow import first_sample, follow

    seen = flow.calls[layer][0]
    values = first_sample(seen)
    shape = values.shape
    if at is not None and (len(at) != len(shape) or not all(0 <= index < dim for index, dim in zip(at, shape, strict=False))):
        wanted = ",".join(str(dim - 1) for dim in shape) or "nothing"
        shown = ",".join(map(str, at))
        raise UsageError(f"`{layer}` has no value at {shown}", f"count from 0; its last one is at {wanted}")
    return {"layer": layer, **follow(seen, tuple(at) if at is not None else None)}
