"""What a trace leaves in files: its figures, its arrays, pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from layerctl.base.files import write_whole
from layerctl.base.json_text import pretty
from layerctl.diagnostics.errors import UsageError
from layerctl.report.results.trace import TraceRecord
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow import pictures
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.trace import Flow


def check_places(files: list[Path]) -> None:
    """Holds that each can be written.

    Raises:
        UsageError: one cannot.
    """
    for path in files:
        folder = path.parent if path.suffix in (".json", ".npz") else path
        if path.suffix in (".json", ".npz") and not folder.is_dir():
            raise UsageError(f"cannot write {path}: there is no directory {folder}", f"create it: mkdir -p {folder}")
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{path} is a file", "name a directory for pictures, or a file that ends in .json or .npz")


def write(path: Path, record: TraceRecord, flow: Flow) -> list[Path]:
    """Writes one of the outputs; gives the files.

    Raises:
        UsageError: the place cannot be written.
    """
    try:
        if path.suffix == ".json":
            return [_written(path, _json(record))]
        if path.suffix == ".npz":
            return [_written(path, _archive(flow))]
        path.mkdir(parents=True, exist_ok=True)
        found = [_written(path / "trace.json", _json(record)), _written(path / "trace.npz", _archive(flow))]
        return found + [_written(path / name, data) for name, data in _drawn(record, flow)]
    except OSError as error:
        raise UsageError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error


def _written(path: Path, data: bytes | str) -> Path:
    write_whole(path, data)
    return path


def _json(record: TraceRecord) -> str:
    return pretty(record.to_json()) + "\n"


def _archive(flow: Flow) -> bytes:
    """Every layer's outputs by its name, and its weights as `NAME/kernel`; what there are several of with a number."""
    held: dict[str, Array] = {}
    for name, calls in flow.calls.items():
        for turn, seen in enumerate(calls):
            for step, values in enumerate(seen.outputs):
                held[name + (f"@{turn + 1}" if turn else "") + (f"[{step}]" if len(seen.outputs) > 1 else "")] = values
        for weight in getattr(calls[0].layer, "weights", ()):
            held[f"{name}/{weight.name}"] = array(weight)
    out = io.BytesIO()
    np.savez_compressed(out, **held)
    return out.getvalue()


def _drawn(record: TraceRecord, flow: Flow) -> Iterator[tuple[str, bytes]]:
    """Pictures, each with its file's name: they sort in the order of the layers."""
    yield "overview.png", pictures.overview(record)
    for number, (name, calls) in enumerate(flow.calls.items(), 1):
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name)
        for what, data in pictures.of_layer(name, calls[0]):
            yield f"{number:03}-{plain}-{what}.png", data
