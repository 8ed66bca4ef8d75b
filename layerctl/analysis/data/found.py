"""Finds the files that a spec names, and tells their format: by its suffix, by options, or by how it begins."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from layerctl.analysis.data._codes import DataNotFound, UnreadableData
from layerctl.analysis.data.wanted import Wanted
from layerctl.base import reading
from layerctl.catalog import datasets
from layerctl.catalog.datasets import _formats
from layerctl.diagnostics.errors import SpecError
from layerctl.diagnostics.spelling import did_you_mean

IMAGES = re.compile(r"(images|imgs|data|features)(?P<rank>[-.]idx\d)?(?P<end>.*)")
"""The names of IDX files of images, or of other samples."""
MOST_NEIGHBOURS = 500
"""Names in a folder that are compared with one that is not there."""


_TABLE = "save it as a table: in Python with `pandas.read_{0}(…).to_csv('table.csv', index=False)`"
_ARRAYS = "save its arrays in Python: `numpy.savez('data.npz', x_train=…, y_train=…, x_test=…, y_test=…)`"
_UNPACK = "unpack it, and give the path of what it holds"
OTHERS = {
    **{f".{suffix}": _TABLE.format("excel") for suffix in ("xlsx", "xls", "ods")},
    **{f".{suffix}": _TABLE.format(suffix) for suffix in ("parquet", "feather", "json", "orc", "pickle")},
    **dict.fromkeys((".h5", ".hdf5", ".mat", ".pkl", ".pt", ".tfrecord"), _ARRAYS),
    **dict.fromkeys((".tar", ".tgz", ".7z", ".rar"), _UNPACK),
}
"""What to do with files of other formats, by their suffix."""
PACKED = (".gz", ".bz2", ".xz", ".zst")
WITHIN = (".csv", ".tsv", ".txt", ".tar", ".json", ".npz")
"""The suffixes of files that are often packed, before that of how they are packed."""


def located(wanted: Wanted, option: str | None = None) -> Path:
    """The path of the data, or of the part that an option names, looked up in the current directory, then beside the spec.

    Raises:
        SpecError: there is none, or it is neither a file nor a directory.
    """
    name = wanted.name if option is None else str(wanted.options[option])
    named = os.path.expanduser(name)
    places = [_short(path) for folder in ("", wanted.beside) if os.path.exists(path := os.path.join(folder, named))]
    if not places:
        message = f"there is {'no dataset and no file' if option is None else 'no file'} `{name}`"
        others = f", or name one of {', '.join(datasets.names())}" if option is None else ""
        help = _advice(name, named, wanted) or f"check the path{others}"
        raise wanted.refuse(DataNotFound, message, help=help, option=option)
    if not (places[0].is_file() or places[0].is_dir()):
        help = "name a file or a directory: data are read more than once"
        raise wanted.refuse(DataNotFound, f"`{name}` is neither a file nor a directory", help=help, option=option)
    return places[0]


def _short(path: str) -> Path:
    """A path without `..` behind other folders, `runs/cnn-1/../../photos`, unless links lead elsewhere."""
    short = os.path.normpath(path)
    return Path(short if os.path.exists(short) and os.path.samefile(short, path) else path)


def part_path(option: str, path: Path, wanted: Wanted, own: Mapping[str, str] | None = None) -> Path | None:
    """The path of the part that the option `validation` or `test` names; None where the spec does not name it.

    Args:
        option: its key.
        path: of the data themselves.
        wanted: the model's requirements.
        own: where the data have a part of their own: its name by the option, for example `val/`.

    Raises:
        SpecError: there is none, or the data have such a part already.
    """
    name = wanted.options.get(option)
    if name is None:
        return None
    if own is not None and option in own:
        message = f"`{wanted.name}` has a {option} part, {own[option]}; `{option}: {name}` names another"
        raise wanted.unreadable(message, f"remove `{option}`, or give the path of the training part")
    file = located(wanted, option)
    if file.samefile(path):
        raise wanted.unreadable(f"`{option}` names the data themselves, {name}", f"name another file, or remove `{option}`")
    return file


def _advice(written: str, named: str, wanted: Wanted) -> str | None:
    """What to write in place of a path that does not exist; None where nothing is like it."""
    if "://" in written:
        return "download it, and give the path of the file"
    folder, name = os.path.split(named)
    stem, suffix = os.path.splitext(name)
    for place in (folder, os.path.join(wanted.beside, folder)):
        others = _neighbours(place)
        alike = [other.removesuffix(suffix) for other in others if other.endswith(suffix) and (suffix or "." not in other)]
        near = did_you_mean(stem, alike)
        same = (other for other in others if other.startswith(stem) and os.path.splitext(other)[0] == stem)
        found = f"{near}{suffix}" if near is not None else next(same, None)
        if found is not None:
            return f"did you mean `{os.path.join(os.path.dirname(written), found)}`?"
    return None


def _neighbours(folder: str) -> list[str]:
    try:
        with os.scandir(folder or ".") as entries:
            return [entry.name for entry in islice(entries, MOST_NEIGHBOURS)]
    except (OSError, ValueError):
        return []


def format_of(path: Path, wanted: Wanted) -> str:
    """The format of a path: by the option `format`, by its suffix, or by its content."""
    stated = wanted.options.get("format")
    if stated is not None:
        return str(stated)
    if path.is_dir():
        try:
            name = "idx" if any(IMAGES.search(file.name) and _is_idx(file) for file in path.iterdir()) else "images"
        except OSError as error:
            raise cannot_read(path, error, wanted) from None
    else:
        by_suffix = _formats.by_suffix(path.name)
        if by_suffix is None and (advice := _other_format(path.name.lower())) is not None:
            raise wanted.unreadable(f"`{wanted.name}` is in no format that this version reads", advice)
        name = by_suffix.name if by_suffix is not None else _format_by_content(path)
    if not name:
        raise unknown_format(wanted)
    _check_options(name, wanted)
    return name


def _other_format(name: str) -> str | None:
    """What to do with a file of another format, by its name; None for other names."""
    stem, suffix = os.path.splitext(name)
    return _UNPACK if suffix in PACKED and os.path.splitext(stem)[1] in WITHIN else OTHERS.get(suffix)


def _format_by_content(path: Path) -> str:
    try:
        head = reading.head(path, 4096)
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
    try:
        head = reading.head(path, 4)
    except OSError:
        return False
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


def cannot_read(path: Path, error: OSError, wanted: Wanted) -> SpecError:
    code = UnreadableData if isinstance(error, reading.Refused) else DataNotFound
    return wanted.refuse(code, f"cannot read {path}: {reading.reason(error)}", help=reading.advice(error))


def unknown_format(wanted: Wanted) -> SpecError:
    message = f"`{wanted.name}` is in no format that this version reads"
    listed = "; ".join(f"`{format.name}`: {format.description}" for format in _formats.FORMATS)
    return wanted.unreadable(message, f"say which it is with `format`: {listed}")
