"""`trace`, as the command and Python users call it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from layerctl.analysis.costs import Row, summarize
from layerctl.compiler.accepted import SpecLike
from layerctl.compiler.memory import enough, running
from layerctl.compiler.permission import permitted
from layerctl.compiler.subjects import Subject, subject
from layerctl.compiler.trainable import trainable
from layerctl.diagnostics.errors import UsageError
from layerctl.report.results.trace import TraceRecord

if TYPE_CHECKING:
    from layerctl.runtime.flow.trace import Flow


class Trace(NamedTuple):
    """The outputs and weights of a model's layers.

    Attributes:
        record: in figures.
        flow: as arrays: of all layers with `outputs`, otherwise of `layer` alone.
        files: the files that were written.
    """

    record: TraceRecord
    flow: Flow
    files: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The trace as `layerctl trace --format json` prints it."""
        return self.record.to_json() | {"files": list(self.files)}


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
        spec: a run, or a spec; a spec has the weights that training with this seed begins with.
        data: a dataset, whose test samples are the input.
        input: a file: an image, an `.npy` array, or an `.npz` archive with an array for each input by its name.
        seed: of fresh weights and of random input; the spec's by default.
        samples: how many.
        layer: a layer whose values are shown; of one of them also how it is computed.
        at: which value, by its indices without the batch; the largest by default.
        gradients: adds the gradient of the spec's loss to each trained weight; without `data` on synthetic data.
        outputs: where to write: `.json`, `.npz`, or a directory for pictures.
        data_dir: where files of named sets are looked for first.
        allow_custom_code: whether the classes of custom layers may be imported.
        overrides: `KEY=VALUE` texts, as for `--set`.

    Raises:
        SpecError: the spec has errors, the data do not fit, a custom layer fails, or the model does not fit in memory.
        UsageError: there is no such layer or value, a file cannot be read or written, or options exclude each other.
        MissingPackage: Keras is not installed.
    """
    if data is not None and input is not None:
        raise UsageError("the input comes from `--data` or from `--input`, not from both", "leave one of them out")
    if gradients and input is not None:
        raise UsageError("a gradient needs labels, which a file of inputs does not have", "use `--data`")
    if at is not None and layer is None:
        raise UsageError("a value is one of a layer's", "name it: `--layer NAME`")
    named = subject(spec, overrides=overrides)
    named = named._replace(compiled=permitted(named.compiled, allow_custom_code=allow_custom_code))
    if gradients and named.compiled.document.train is None:
        trainable(named.compiled)  # raises the error that says what is missing
    files = [Path(path) for path in outputs]
    data = data or ("synthetic" if gradients else None)
    drawn = (samples or 1) if data is None and input is None else 1  # of data there may be fewer
    with enough(running(named.compiled, "the trace", samples=drawn, option="--samples")):
        from layerctl.runtime.backends import backend

        backend.keras()
        from layerctl.runtime.flow.outputs import check_places, write
        from layerctl.runtime.flow.traced import traced

        check_places(files)
        if layer is not None:
            _must_exist(named, layer)
        record, flow = traced(
            named,
            data=data,
            input=Path(input) if input is not None else None,
            seed=seed,
            samples=samples,
            layer=layer,
            at=at,
            gradients=gradients,
            data_dir=data_dir,
            keep=bool(files),
        )
        return Trace(record, flow, tuple(path.as_posix() for file in files for path in write(file, record, flow)))


def _must_exist(named: Subject, layer: str) -> None:
    """Raises an error if the model has no layer of that name; `encoder/dense` is in a nested model."""

    def names(rows: Iterable[Row], within: str = "") -> list[str]:
        return [name for row in rows for name in (within + row.name, *names(row.inner, f"{within}{row.name}/"))]

    known = names(summarize(named.compiled.model).rows)
    if layer not in known:
        from layerctl.diagnostics import suggestion

        raise UsageError(f"the model has no layer `{layer}`", suggestion(layer, known))
