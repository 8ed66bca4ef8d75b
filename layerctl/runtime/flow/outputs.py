"""The files of a trace: its figures, its arrays, pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from layerctl.base.files import write_whole
from layerctl.base.json_text import pretty
from layerctl.diagnostics.errors import UsageError, check_output, writing
from layerctl.report.results.trace import TraceRecord
from layerctl.runtime.data._types import Array
from layerctl.runtime.flow import pictures
from layerctl.runtime.flow.distribution import array
from layerctl.runtime.flow.trace import Flow


def check_places(files: list[Path]) -> None:
    """Checks that each file can be written.

    Raises:
        UsageError: it cannot, or a file is in the way of a directory.
    """
    for path in files:
        if path.suffix in (".json", ".npz"):
            check_output(path)
        elif path.is_dir():
            check_output(path / "trace.json")
        elif path.exists():
            raise UsageError(f"{path} is a file", "name a directory for pictures, or a file that ends in .json or .npz")


def write(path: Path, record: TraceRecord, flow: Flow) -> list[Path]:
    """Writes a `.json` file, an `.npz` file, or a directory with both and pictures; gives the paths of the files.

    Raises:
        UsageError: a file cannot be written.
    """
    files = []
    with writing(path):
        for file, content in _contents(path, record, flow):
            write_whole(file, content)
            files.append(file)
    return files


def _contents(path: Path, record: TraceRecord, flow: Flow) -> Iterator[tuple[Path, bytes | str]]:
    """The files of an output with their contents; names of pictures sort in the order of the layers."""
    if path.suffix == ".json":
        yield path, pretty(record.to_json()) + "\n"
    elif path.suffix == ".npz":
        yield path, _archive(flow)
    else:
        path.mkdir(parents=True, exist_ok=True)
        yield from _contents(path / "trace.json", record, flow)
        yield from _contents(path / "trace.npz", record, flow)
        yield path / "overview.png", pictures.overview(record)
        for number, (name, calls) in enumerate(flow.calls.items(), 1):
            safe = re.sub(r"[^A-Za-z0-9_-]+", "_", name)
            for what, picture in pictures.of_layer(name, calls[0]):
                yield path / f"{number:03}-{safe}-{what}.png", picture


def _archive(flow: Flow) -> bytes:
    """Each layer's outputs as `NAME`, of further calls `NAME@2`, of several `NAME[0]`, and its weights as `NAME/kernel`."""
    arrays: dict[str, Array] = {}
    for name, calls in flow.calls.items():
        for number, seen in enumerate(calls, 1):
            call = f"{name}@{number}" if number > 1 else name
            for index, values in enumerate(seen.outputs):
                arrays[f"{call}[{index}]" if len(seen.outputs) > 1 else call] = values
        for weight in getattr(calls[0].layer, "weights", ()):
            arrays[f"{name}/{weight.name}"] = array(weight)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()
