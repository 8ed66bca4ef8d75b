"""`layerctl train`."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from layerctl.cli._common import INTERRUPTED, guarded, load
from layerctl.cli._options import Debug, Overrides

EXAMPLES = """\b
Examples:
  layerctl train                          the project's spec, as its section `train` says
  layerctl train cnn --data mnist         on other data: digits, mnist, fashion_mnist, synthetic
  layerctl train wine --data wine.csv     a table, a directory of images, IDX files, texts, a .npz file
  layerctl train cnn --epochs 1 --limit 500       a quick try
  layerctl train cnn --set train.batch_size=256   any value of the spec
  layerctl train cnn --format json | jq .metrics  for programs
"""


@guarded
def command(
    spec: Annotated[
        str | None, typer.Argument(metavar="SPEC", help="A file, a name such as cnn, or `-`.", show_default=False)
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", metavar="NAME|PATH", help="Train on other data than the spec says.")
    ] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="How many times to go through the data.")] = None,
    batch_size: Annotated[int | None, typer.Option("--batch-size", min=1, help="Samples in one step.")] = None,
    learning_rate: Annotated[float | None, typer.Option("--learning-rate", help="The size of a step.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Of weights, order and every draw.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many training and test samples.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", metavar="DIR", help="Where files of named sets are looked for first.")
    ] = None,
    runs_dir: Annotated[Path, typer.Option("--runs-dir", metavar="DIR", help="Where run directories are made.")] = Path("runs"),
    name: Annotated[str | None, typer.Option("--name", help="Name the run; NAME-1, NAME-2, … are its directories.")] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print the result.")] = "text",
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Train a spec's model, and keep everything in a new run directory.

    Ctrl-C ends training after the current step; what is done is kept. A second Ctrl-C ends it at once.
    """
    from layerctl.training import settings, train

    changes = settings({"data": data, "epochs": epochs, "batch_size": batch_size, "seed": seed})
    compiled = load(spec, [*(overrides or ()), *changes])
    from layerctl.cli._progress import watcher

    run = train(
        compiled,
        learning_rate=learning_rate,
        limit=limit,
        data_dir=data_dir,
        runs_dir=runs_dir,
        name=name,
        command=shlex.join(["layerctl", *sys.argv[1:]]),
        listener=watcher(),
    )
    if format == "json":
        print(json.dumps(run.record, indent=2, ensure_ascii=False))
    else:
        _show(run.record)
    if not run.finished:
        print(f"interrupted; everything until then is in {run.path}", file=sys.stderr)
        raise SystemExit(INTERRUPTED)


def _show(record: dict) -> None:  # type: ignore[type-arg]
    from layerctl.report.runs import closing, metrics_table
    from layerctl.report.table import console_for

    console = console_for(sys.stdout)
    if record["metrics"]:
        console.print(metrics_table(record))
    console.print(closing(record), markup=False)
