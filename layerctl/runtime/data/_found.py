"""Reads the data that a spec names: a named dataset, or a path in one of the formats."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from layerctl.analysis.data.found import format_of, located, part_path
from layerctl.analysis.data.wanted import Wanted
from layerctl.catalog import datasets
from layerctl.catalog.datasets import _formats
from layerctl.runs.fitting import TABLES
from layerctl.runs.preprocessing import Preprocessing
from layerctl.runtime.data._source import Parted, Source, Synthetic
from layerctl.runtime.data._types import Raw
from layerctl.runtime.data.idx import Idx
from layerctl.runtime.data.images import Images
from layerctl.runtime.data.npz import Npz
from layerctl.runtime.data.pixels import Pixels
from layerctl.runtime.data.table import Table, Texts

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
    path = located(wanted)
    source = SOURCES[format_of(path, wanted)](wanted, fitted)
    if fitted is not None and (source.format in TABLES) != (fitted.format in TABLES):
        message = f"the model was trained on data of the format `{fitted.format}`; `{wanted.name}` is `{source.format}`"
        raise source.wanted.misfit(message, "take data of the kind that the model was trained on")
    raw = source.read(path)
    return source, with_parts(source, raw, path) if isinstance(source, Parted) else raw


def with_parts(source: Parted, raw: Raw, path: Path) -> Raw:
    """The data with the parts that `validation` and `test` name; `path` is that of the data themselves.

    Raises:
        SpecError: the data have such a part already, or it cannot be read.
    """
    parts: dict[str, Any] = {}
    origin = dict(raw.origin)
    for option in _formats.PARTS:
        with source.wanted.reading(option):
            file = part_path(option, path, source.wanted, raw.origin)
            if file is not None:
                end = {"validation": "val", "test": "test"}[option]
                parts[f"x_{end}"], parts[f"y_{end}"] = source.part(file)
                origin[option] = source.wanted.options[option]
    return replace(raw, **parts, origin=origin)
