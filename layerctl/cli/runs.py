"""`layerctl runs`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from layerctl.base.json_text import pretty
from layerctl.cli._common import WRONG_SPEC, guarded, show
from layerctl.cli._options import Debug
from layerctl.cli._streams import put_json, put_lines, say

if TYPE_CHECKING:
    from layerctl.runs.stored import BrokenRun, StoredRun

EXAMPLES = """
  layerctl runs                           all runs in runs/, the newest first
  layerctl runs --status interrupted      those that `train --resume` can go on with
  layerctl runs --model cnn --format json for programs
  layerctl runs cnn-1                     one run: its facts, metrics, curves and files
"""


@guarded
def command(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="A run directory, or its name in --runs-dir.", show_default=False)
    ] = None,
    runs_dir: Annotated[Path, typer.Option("--runs-dir", metavar="DIR", help="Where run directories are.")] = Path("runs"),
    status: Annotated[
        Literal["running", "finished", "interrupted", "failed", "broken"] | None,
        typer.Option("--status", help="Only runs of this status.", show_default=False),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME", help="Only runs of this model, spec or run name.", show_default=False),
    ] = None,
    format: Annotated[Literal["table", "json"], typer.Option("--format", help="How to print it.")] = "table",
    debug: Debug = False,
) -> None:
    """List runs, or show one with its curves.

    A run that was killed is shown as interrupted.
    """
    from layerctl.report.runs import run_data
    from layerctl.runs.stored import listed, named

    if run is not None:
        _one(named(run, runs_dir), format)
        return
    stored_runs = listed(runs_dir, status=status, model=model)
    if format == "json":
        put_json(pretty({"version": 1, "runs": [run_data(stored) for stored in stored_runs]}))
        return
    from layerctl.report.runs import runs_table

    if stored_runs:
        put_lines(lambda width, paint: runs_table(stored_runs, width, paint))
    else:
        say(f"no run in {runs_dir}{' is like that' if status or model else ''}; `layerctl train` makes one")


def _one(stored: StoredRun | BrokenRun, format: str) -> None:
    """Shows one run; ends with status 1 if its record or its curves cannot be read."""
    from layerctl.report.runs import run_data
    from layerctl.runs.stored import BrokenRun, curves

    epochs, damage = curves(stored.path, 0 if isinstance(stored, BrokenRun) else stored.record.epochs)
    if format == "json":
        put_json(pretty({"version": 1, **run_data(stored), "curves": [epoch.to_json() for epoch in epochs]}))
    elif not isinstance(stored, BrokenRun):
        from layerctl.report.runs import run_lines

        put_lines(lambda width, paint: run_lines(stored, epochs, width, paint))
    wrong = [*([stored.damage] if isinstance(stored, BrokenRun) else []), *([damage] if damage else [])]
    show(diagnostic for one in wrong for diagnostic in one.diagnostics)
    if wrong:
        raise SystemExit(WRONG_SPEC)
