"""Describing data: the functions behind the command `data`."""

from __future__ import annotations

import os
from collections.abc import Iterable

from layerctl.base.source import Source, Span
from layerctl.catalog.datasets import find, names
from layerctl.catalog.datasets._base import Facts
from layerctl.diagnostics import Sink
from layerctl.diagnostics.errors import MissingPackage, SpecError, UsageError
from layerctl.diagnostics.spelling import did_you_mean
from layerctl.language import overrides
from layerctl.language.bind import FAILED, Binder
from layerctl.language.spec.train import Data, bind_data
from layerctl.language.syntax import parse, quoted
from layerctl.report.data import Contents


def named_data() -> list[Facts]:
    """The facts about the datasets that a spec can name."""
    return [facts for name in names() if (facts := find(name)) is not None]


def data(
    data: str | os.PathLike[str],
    *,
    options: Iterable[str] = (),
    sheet: str | os.PathLike[str] | None = None,
    data_dir: str | os.PathLike[str] | None = None,
) -> Contents:
    """Describes data: shapes, dtypes, classes with their counts, columns with their missing values.

    Args:
        data: a dataset's name, or a path.
        options: `KEY=VALUE` texts, the options of `train.data`: `target=species`.
        sheet: a `.png` file to draw a contact sheet of the images in.
        data_dir: where files of named datasets are looked up first.

    Returns:
        The numbers of samples, and the classes, arrays, images or columns.

    Raises:
        SpecError: the data cannot be read, or do not have an option.
        UsageError: there are no such data, or the sheet cannot be written.
        MissingPackage: NumPy is not installed.
    """
    section, place = _section(os.fspath(data), tuple(options))
    facts = find(section.name) if section.name is not None else None
    if facts is not None and facts.size is None:
        help = "name data that are there without one, such as `digits`"
        raise UsageError(f"`{facts.name}` is made for a model; there is nothing to show", help)
    if section.path is not None and not os.path.exists(os.path.expanduser(section.path)):
        near = did_you_mean(section.path, names())
        listed = ", ".join(f"`{name}`" for name in names())
        help = f"did you mean `{near}`?" if near else f"check the path, or name one of {listed}"
        raise UsageError(f"there is no dataset and no file `{section.path}`", help)
    try:
        from layerctl.runtime.data.inspect import inspected
    except ModuleNotFoundError as error:
        help = "install it with pip install 'layerctl[tensorflow]'"
        raise MissingPackage(f"this needs {error.name}, which is not installed", help) from error
    return inspected(section, place, sheet, data_dir)


def _section(data: str, options: tuple[str, ...]) -> tuple[Data, Span]:
    """The section `train.data` for a name or path and options, and the place for its mistakes."""
    sink = Sink()
    text = quoted({"name" if find(data) is not None else "path": data}).replace("$", "$$")  # no variable is meant
    root = parse(Source("data", text), sink)
    if root is None:
        raise SpecError(sink.sorted())
    root = overrides.apply(root, options, sink)
    section = FAILED if sink.has_errors else bind_data(Binder(sink, {}), root)
    if not isinstance(section, Data):
        raise SpecError(tuple(sink.sorted()))
    return section, Span(Source(data, ""), 0, 0)
