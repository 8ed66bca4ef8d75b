"""Recognizes the format of a spec's data: a named dataset, or a path, by its suffix, options or content; and reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from layerctl.catalog import datasets
from layerctl.catalog.datasets import _formats
from layerctl.diagnostics.errors import SpecError
from layerctl.runs.preprocessing import Preprocessing
from layerctl.runtime.codes import DataNotFound, UnreadableData
from layerctl.runtime.data._source import Source, Synthetic
from layerctl.runtime.data._types import Raw, Wanted
from layerctl.runtime.data.idx import IMAGES, Idx
from layerctl.runtime.data.images import Images
from layerctl.runtime.data.npz import Npz
from layerctl.runtime.data.pixels import Pixels
from layerctl.runtime.data.table import Table, Texts

TABLES = ("csv", "text")
"""Formats whose data have named columns."""

SOURCES: dict[str, type[Source]] = {cls.format: cls for cls in (Npz, Idx, Table, Texts, Images)}


def read_data(wanted: Wanted, fitted: Preprocessing | None = None) -> tuple[Source, Raw]:
    """Reads the data that a spec names, without converting them.

    Args:
        wanted: the model's requirements.
        fitted: its preprocessing, if it is trained already.

    Raises:
        SpecError: they are missing, or cannot be read.
    """
    facts = datasets.find(wanted.name)
    if facts is not None:
        named = Pixels(wanted, facts) if facts.size is not None else Synthetic(wanted)
        return named, named.read(Path())
    path = located(wanted.name, wanted)
    source = SOURCES[format_of(path, wanted)](wanted, fitted)
    if fitted is not None and (source.format in TABLES) != (fitted.format in TABLES):
        message = f"the model was trained on data of the format `{fitted.format}`; `{wanted.name}` is `{source.format}`"
        raise source.refuse(message, "take data of the kind that the model was trained on")
    return source, with_parts(source, source.read(path), path)


def with_parts(source: Source, raw: Raw, path: Path) -> Raw:
    """The data with the parts that `validation` and `test` name; `path` is that of the data themselves.

    Raises:
        SpecError: the data have such a part already, or it cannot be read.
    """
    wanted = source.wanted
    parts: dict[str, Any] = {}
    origin = dict(raw.origin) or {"train": wanted.name}
    for option in _formats.PARTS:
        name = wanted.options.get(option)
        if name is None:
            continue
        end = {"validation": "val", "test": "test"}[option]
        if getattr(raw, f"x_{end}") is not None:
            message = f"`{wanted.name}` has a {option} part, {origin[option]}; `{option}: {name}` names another"
            raise source.unreadable(message, f"remove `{option}`, or give the path of the training part")
        file = located(name, wanted)
        if file.exists() and file.samefile(path):
            raise source.unreadable(f"`{option}` names the data themselves, {name}", f"name another file, or remove `{option}`")
        parts[f"x_{end}"], parts[f"y_{end}"] = source.part(file)
        origin[option] = name
    return replace(raw, **parts, origin=origin)


def located(name: str, wanted: Wanted) -> Path:
    """A path of the data, looked up in the current directory, then beside the spec."""
    named = Path(name).expanduser()
    path = next((candidate for folder in (Path(), wanted.beside) if (candidate := folder / named).exists()), None)
    if path is None:
        what = "no dataset and no file" if name == wanted.name else "no file"
        others = f", or name one of {', '.join(datasets.names())}" if name == wanted.name else ""
        raise wanted.refuse(DataNotFound, f"there is {what} `{name}`", help=f"check the path{others}")
    return path


def format_of(path: Path, wanted: Wanted) -> str:
    """The format of a path: by the option `format`, by its suffix, or by its content."""
    stated = wanted.options.get("format")
    if stated is not None:
        return str(stated)
    if path.is_dir():
        name = "idx" if any(IMAGES.search(file.name) and _is_idx(file) for file in path.iterdir()) else "images"
    else:
        by_suffix = _formats.by_suffix(path.name)
        name = by_suffix.name if by_suffix is not None else _format_by_content(path)
    if not name:
        raise unknown_format(wanted)
    _check_options(name, wanted)
    return name


def _format_by_content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return ""
    if head.startswith(b"PK\x03\x04"):
        return "npz"
    if _is_idx(path):
        return "idx"
    line = head.partition(b"\n")[0]
    if b"\0" in head or not line:
        return ""
    return "text" if line.count(b"\t") == 1 else "csv" if any(mark in line for mark in (b",", b";", b"\t")) else ""


def _is_idx(path: Path) -> bool:
    """Whether a file is gzipped, or begins as IDX files do: two zeros, a type from 8 to 14, a rank."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(4)
    return head[:2] == b"\x1f\x8b" or (len(head) == 4 and head[:2] == b"\0\0" and 8 <= head[2] <= 14 and head[3] > 0)


def _check_options(name: str, wanted: Wanted) -> None:
    """Refuses options that the format does not have; needed where the static check cannot tell the format by the suffix."""
    format = _formats.named(name)
    for key in wanted.options:
        if key not in ("format", *format.options):
            help = f"leave it out; it is for {', '.join(f'`{other}`' for other in _formats.taking(key))}"
            raise wanted.refuse(
                UnreadableData, f"`{wanted.name}` is of the format `{name}`, which has no option `{key}`", help=help
            )


def unknown_format(wanted: Wanted) -> SpecError:
    message = f"`{wanted.name}` is in no format that this version reads"
    listed = "; ".join(f"`{format.name}`: {format.description}" for format in _formats.FORMATS)
    return wanted.refuse(UnreadableData, message, help=f"say which it is with `format`: {listed}")
