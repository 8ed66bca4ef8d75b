"""Looks at the files that a spec names, as far as that is cheap: their existence, their heads, their first rows.

Training would report every mistake that is found here too, by the same function; what only further values show is left to it.
Nothing is fetched, and nothing but regular files is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from layerctl.analysis.data import archives, pictures, tables
from layerctl.analysis.data.found import format_of, located
from layerctl.analysis.data.labels import check_names
from layerctl.analysis.data.wanted import Wanted, requirements, unjudged
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError
from layerctl.graph.typed import TypedGraph
from layerctl.language.spec.train import Train
from layerctl.language.syntax import Node


def look(model: TypedGraph | None, root: Node, path: str, train: Train) -> tuple[Diagnostic, ...]:
    """What is certainly wrong with the files of a spec.

    Args:
        model: None if the spec has errors, so that the data cannot be judged by it.
        root: the spec's tree.
        path: of the spec.
        train: its section, with data by path.
    """
    try:
        wanted = unjudged(root, path, train) if model is None else requirements(model, root, path, train)
        file = located(wanted)
        if model is not None:
            check_names(wanted.options.get("class_names") or (), wanted)
            format = format_of(file, wanted)
            if (judge := _judge(format, limited=train.limit is not None)) is not None:
                judge(file, wanted)
    except SpecError as error:
        return error.diagnostics
    return ()


def _judge(format: str, *, limited: bool) -> Callable[[Path, Wanted], None] | None:
    judges: dict[str, Callable[[Path, Wanted], None]] = {
        "npz": archives.look,
        "images": pictures.look,
        "csv": partial(tables.look, limited=limited),
        "text": partial(tables.look_at_texts, limited=limited),
    }
    return judges.get(format)
