"""`claims`, as the command and Python users call it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from layerctl.api.data import data as described
from layerctl.api.seeds import numbered
from layerctl.diagnostics.errors import UsageError, check_output
from layerctl.language.syntax import quoted
from layerctl.report.results.claims import Claim, JudgedClaims, Judgement

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
    chosen = tuple(range(MOST if seeds is None else numbered(seeds)) if seeds is None or isinstance(seeds, int) else seeds)
    if len(chosen) < 2:
        raise UsageError("claims are tested with at least two seeds", "for example `--seeds 6`")
    if len(set(chosen)) < len(chosen):
        raise UsageError("a seed is given twice", "a trial with the same seed is the same trial")
    tables = tuple(tables)
    wanted = tuple(only) or tuple(range(1, COUNT + 1))
    if unknown := set(wanted) - set(range(1, COUNT + 1)):
        raise UsageError(f"there is no claim {min(unknown)}", f"claims are numbered 1 to {COUNT}")
    if 2 not in wanted and tables:
        raise UsageError("tables are for claim 2, which is not among those to test", "leave `--table` out, or test claim 2")
    if report is not None:
        if Path(report).suffix != ".html":
            raise UsageError(f"cannot write a report as `{os.fspath(report)}`", "a report is .html")
        check_output(report)
    from layerctl.runtime.backends import backend

    backend.keras()
    from layerctl.runs.listener import Listener
    from layerctl.runtime.claims import statements
    from layerctl.runtime.claims.designs import DESIGNS, of_tables
    from layerctl.runtime.claims.figures import Figures
    from layerctl.runtime.claims.judgement import judged
    from layerctl.runtime.claims.tables import MADE
    from layerctl.runtime.study.candidate import Options

    taken: set[str] = {table.name for table in MADE}
    given = tuple(_table(os.fspath(path), taken) for path in tables)
    tested = [claim for claim in statements.claims(given) if claim.number in wanted]
    options = Options(runs_dir, data_dir, limit, timed=False)
    groups: list[tuple[Figures, list[Claim]]] = []
    for count in sorted({claim.seeds for claim in tested}) if seeds is None else [len(chosen)]:
        figures = Figures({**DESIGNS, **of_tables(given)}, data, chosen[:count], epochs, options, listener or Listener())
        groups.append((figures, [claim for claim in tested if seeds is not None or claim.seeds == count]))
    for figures, those in groups:
        if any(claim.number == 2 for claim in those):
            figures.check(of_tables(given))  # before anything is trained
    found: dict[int, Judgement] = {}
    shown: dict[int, Figures] = {}
    for figures, those in groups:
        figures.prepare(those)
        found |= {claim.number: judged(claim, figures, figures.seeds) for claim in those}
        shown |= {claim.number: figures for claim in those}
    busy = max(figures.busy for figures in shown.values())
    result = JudgedClaims(data, tuple(found[claim.number] for claim in tested), busy)
    if report is not None:
        from layerctl.runtime.claims.report import write

        write(report, result, shown)
    return result


def _table(given: str, taken: set[str]) -> Table:
    """A table that a user named, `wine.csv` or `penguins.csv:species`; its name is none of those that are taken."""
    from layerctl.runtime.claims.tables import FEWEST_COLUMNS, of_file

    given = os.path.expanduser(given)
    colons = [at for at, character in enumerate(given) if character == ":"]
    at = None if os.path.exists(given) else next((at for at in colons if os.path.exists(given[:at])), None)
    path, target = (given, None) if at is None else (given[:at], given[at + 1 :])
    options = () if target is None else (f"target={quoted(target)}".replace("$", "$$"),)
    contents = described(path, options=options)
    if contents.columns is None or len(contents.classes) < 2:
        help = f"name the column of the classes: `{path}:COLUMN`"
        raise UsageError(f"{path} is no table with a column of few classes as its target", help)
    columns = sum(1 if one.kind == "number" else one.distinct for one in contents.columns if not one.target)
    if columns < FEWEST_COLUMNS:
        help = f"take one that gives at least {FEWEST_COLUMNS} numbers for each row"
        raise UsageError(f"{path} has too few columns: a window of three would cover them, so that a Conv2D is a Dense", help)
    name = os.path.basename(path) if target is None else f"{os.path.basename(path)} by {target}"
    name = re.sub(r": | / |, ", " ", name)  # these divide the names of figures
    return of_file(unique(name, taken), os.path.abspath(path), target, columns, len(contents.classes))


def unique(name: str, taken: set[str]) -> str:
    """A name that is not taken yet, with a number where it would be; it is taken then."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    taken.add(found)
    return found
