"""`--data`: other data in place of the spec's own, read with the options of the spec as far as they suit them."""

from __future__ import annotations

import os

from layerctl.catalog.datasets import _formats, find, names
from layerctl.diagnostics import Sink
from layerctl.language.spec._codes import OptionsLeftOut
from layerctl.language.spec.data import Data
from layerctl.language.syntax import Entry, Mapping, Node, Scalar

OF_FILES = (*_formats.PARTS, "labels")
"""Options that name further files of the spec's own data."""


class OtherData(str):
    """The text `train.data=VALUE` of `--data`; unlike one of `--set` it keeps options."""

    __slots__ = ()


def with_options(root: Node, value: Node, sink: Sink) -> Node:
    """The section `data` with the name or path of other data, and the options that stay; the others are reported.

    Args:
        root: the document.
        value: the name or path.
        sink: gets the warning.
    """
    train = root.get("train") if isinstance(root, Mapping) else None
    own = train.get("data") if isinstance(train, Mapping) else None
    if not isinstance(own, Mapping) or not isinstance(value, Scalar) or not isinstance(value.value, str):
        return value
    allowed = _allowed(value.value, own)
    left_out = [key for key in own.entries if key not in ("name", "path", *allowed) and key in Data.model_fields]
    if left_out:
        listed = ", ".join(f"`{key}`" for key in left_out)
        message = f"`--data {value.value}` leaves out {listed} of the spec's own data"
        help = f"to say all options: `--set 'train.data={{path: {value.value}, …}}'`"
        sink.add(OptionsLeftOut, own.entries[left_out[0]].key.span, message, help=help)
    is_name = value.value in names() or not any(mark in value.value for mark in "/\\.")
    key = "name" if is_name else "path"
    kept = {name: entry for name, entry in own.entries.items() if name not in ("name", "path", *left_out)}
    start = Scalar(value.source, value.start, value.start, key)
    return Mapping(own.source, own.start, own.end, {key: Entry(start, value), **kept}, own.size)


def _allowed(data: str, own: Mapping) -> tuple[str, ...]:
    """The options that suit other data, as far as their format is known without reading them."""
    facts = find(data)
    if facts is not None:
        return _formats.NAMED if facts.size is not None else ()
    values = (getattr(own.get(key), "value", None) for key in ("path", "format"))
    path, stated = (value if isinstance(value, str) else None for value in values)
    format = _formats.by_suffix(data)
    alike = path is not None and os.path.splitext(path)[1] == os.path.splitext(data)[1]
    if stated in _formats.names() and (format is None or alike) and not os.path.isdir(os.path.expanduser(data)):
        return ("format", *(key for key in _formats.named(stated or "").options if key not in OF_FILES))
    if format is None and os.path.isdir(os.path.expanduser(data)):
        options = (*_formats.named("images").options, *_formats.named("idx").options)
    elif likely := format or (_formats.by_suffix(path) if path is not None else None):
        options = likely.options
    else:
        options = tuple(Data.model_fields)
    return tuple(key for key in options if key not in OF_FILES)
