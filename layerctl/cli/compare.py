"""`layerctl compare`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from layerctl.cli._common import guarded, load
from layerctl.cli._options import AllowCustomCode, Debug, IncludeRoot, MaxLayers, Overrides
from layerctl.configuration import settings as limits

EXAMPLES = """\b
Examples:
  layerctl compare dense conv2d                    which design is better, and at what cost
  layerctl compare dense conv2d --seeds 10         more seeds tell smaller differences apart
  layerctl compare mlp cnn --data mnist --epochs 3
  layerctl compare dense conv2d --format json | jq .pairs
"""


@guarded
def command(
    specs: Annotated[list[str], typer.Argument(metavar="SPEC", help="Two or more files or names.", show_default=False)],
    data: Annotated[str | None, typer.Option("--data", metavar="NAME|PATH", help="Train all on these data.")] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How many times each is trained.")] = 5,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="How many times to go through the data.")] = None,
    batch_size: Annotated[int | None, typer.Option("--batch-size", min=1, help="Samples in one step.")] = None,
    learning_rate: Annotated[float | None, typer.Option("--learning-rate", help="The size of a step.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many training and test samples.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", metavar="DIR", help="Where files of named sets are looked for first.")
    ] = None,
    runs_dir: Annotated[Path, typer.Option("--runs-dir", metavar="DIR", help="Where finished trials are kept.")] = Path("runs"),
    format: Annotated[Literal["table", "json"], typer.Option("--format", help="How to print the result.")] = "table",
    max_layers: MaxLayers = None,
    include_root: IncludeRoot = None,
    allow_custom_code: AllowCustomCode = False,
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Train variants alike over several seeds, and say with statistics which is better and at what cost.

    All get the same data in the same order from the same seeds. Finished trials are kept: after
    Ctrl-C the same call does the rest.
    """
    from layerctl.comparing import compare
    from layerctl.training import settings

    changes = [*(overrides or ()), *settings({"data": data, "epochs": epochs, "batch_size": batch_size})]
    variants = [load(spec, changes, limits(max_layers, include_root)) for spec in specs]
    from layerctl.cli._progress import Trials

    trials = Trials()
    try:
        found = compare(
            variants,
            seeds=seeds,
            learning_rate=learning_rate,
            limit=limit,
            data_dir=data_dir,
            runs_dir=runs_dir,
            allow_custom_code=allow_custom_code,
            listener=trials,
        )
    except KeyboardInterrupt:
        trials.close()
        print(f"{trials.done} of {trials.of} trials are kept; the same call does the rest", file=sys.stderr)
        raise
    finally:
        trials.close()
    if format == "json":
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        _show(found)


def _show(found: dict) -> None:  # type: ignore[type-arg]
    from layerctl.report.comparison import notes, sentences, table
    from layerctl.report.table import console_for

    console = console_for(sys.stdout)
    console.print(table(found))
    for line in ("", *sentences(found), "", *notes(found)):
        console.print(line, markup=False)
