"""`claims`, as the command and Python users call it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from layerctl.api.data import data as described
from layerctl.diagnostics.errors import UsageError, check_output
from layerctl.language.syntax import quoted
from layerctl.report.results.claims import JudgedClaims, Judgement

if TYPE_CHECKING:
    from layerctl.runs.listener import Listener
    from layerctl.runtime.claims.tables import Table

COUNT = 11
MOST = 20
"""The largest number of seeds that a claim takes."""


def claims(
    *,
    data: str = "digits",
    tables: Iterable[str | os.PathLike[str]] = (),
    seeds: int | Sequence[int] | None = None,
    epochs: int | None = None,
    limit: int | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    runs_dir: str | os.PathLike[str] = "runs",
    only: Iterable[int] = (),
    report: str | os.PathLike[str] | None = None,
    listener: Listener | None = None,
) -> JudgedClaims:
    """Puts the claims about Dense and Conv2D to the test.

    Args:
        data: images of 28×28 pixels or any other size, by name.
        tables: files of tables on which the second claim is tested too, `wine.csv`, or with the target `penguins.csv:species`.
        seeds: how many, or which; by default as many as each claim takes, 6 to 20.
        epochs: instead of the specs' five.
        limit: at most this many training samples, and test samples.
        data_dir: where files of named sets are looked for first.
        runs_dir: finished trials are kept in its folder `compare`, as those of comparisons.
        only: numbers of the claims to test; all by default.
        report: a file to write the result to, `.html`.
        listener: is informed of the progress.

    Returns:
        Each claim with its hypotheses, their figures and intervals, and `CONFIRMED`, `REFUTED` or `UNDECIDED`.

    Raises:
        SpecError: the data do not fit.
        UsageError: fewer than two seeds, no such claim, a table without classes, or a report of another suffix.
        MissingPackage: Keras is not installed, or Matplotlib where a report is asked for.
        KeyboardInterrupt: after Ctrl-C; finished trials are kept.
    """
    chosen = tuple(range(MOST if seeds is None else seeds)) if seeds is None or isinstance(seeds, int) else tuple(seeds)
    if len(set(chosen)) < 2:
        raise UsageError("claims are tested with at least two seeds", "for example `--seeds 5`")
    wanted = tuple(only) or tuple(range(1, COUNT + 1))
    if unknown := set(wanted) - set(range(1, COUNT + 1)):
        raise UsageError(f"there is no claim {min(unknown)}", f"claims are numbered 1 to {COUNT}")
    if report is not None:
        if Path(report).suffix != ".html":
            raise UsageError(f"cannot write a report as {os.fspath(report)}", "a report is .html")
        check_output(report)
    from layerctl.runtime.backends import backend

    backend.keras()
    from layerctl.runs.listener import Listener
    from layerctl.runtime.claims import table
    from layerctl.runtime.claims.designs import DESIGNS, of_tables
    from layerctl.runtime.claims.figures import Figures
    from layerctl.runtime.claims.judgement import judged
    from layerctl.runtime.study.candidate import Options

    given = tuple(_table(os.fspath(path)) for path in tables)
    tested = [claim for claim in table.claims(given) if claim.number in wanted]
    options = Options(runs_dir, data_dir, limit, timed=False)
    found: dict[int, Judgement] = {}
    shown: dict[int, Figures] = {}
    for count in sorted({claim.seeds for claim in tested}) if seeds is None else [len(chosen)]:
        figures = Figures({**DESIGNS, **of_tables(given)}, data, chosen[:count], epochs, options, listener or Listener())
        those = [claim for claim in tested if seeds is not None or claim.seeds == count]
        figures.prepare(those)
        found |= {claim.number: judged(claim, figures, figures.seeds) for claim in those}
        shown |= {claim.number: figures for claim in those}
    result = JudgedClaims(data, tuple(found[claim.number] for claim in tested))
    if report is not None:
        from layerctl.runtime.claims.report import write

        write(report, result, shown)
    return result


def _table(given: str) -> Table:
    """A table that a user named, `wine.csv` or `penguins.csv:species`."""
    from layerctl.runtime.claims.tables import of_file

    before, _, after = given.rpartition(":")
    path, target = (before, after) if os.path.exists(before) and not os.path.exists(given) else (given, None)
    contents = described(path, options=() if target is None else (f"target={quoted(target)}",))
    if contents.columns is None or not contents.classes:
        raise UsageError(f"{path} is no table whose target is a class", f"name the column of the classes: `{path}:COLUMN`")
    columns = sum(1 if one.kind == "number" else one.distinct for one in contents.columns if not one.target)
    return of_file(Path(path).name, os.path.abspath(path), target, columns, len(contents.classes))
