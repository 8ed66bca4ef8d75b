"""`layerctl evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from layerctl.cli._common import guarded
from layerctl.cli._options import Checkpoint, DataDir, Debug, RunsDir
from layerctl.cli._streams import put_notes, put_result, say

EXAMPLES = """
  layerctl evaluate cnn-1                       a run in runs/, on the test data of its training
  layerctl evaluate cnn                         the latest run of that name
  layerctl evaluate runs/cnn-1 --data new.npz   on other data, with the run's own preprocessing
  layerctl evaluate cnn-1 --checkpoint best     the weights of the best epoch
  layerctl evaluate cnn-1 --format json | jq .metrics
"""


@guarded
def command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run directory, or its name in --runs-dir.", show_default=False)],
    data: Annotated[str | None, typer.Option("--data", metavar="NAME|PATH", help="Other data than the run's own.")] = None,
    checkpoint: Checkpoint = "model",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many samples.")] = None,
    data_dir: DataDir = None,
    runs_dir: RunsDir = Path("runs"),
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print the result.")] = "text",
    debug: Debug = False,
) -> None:
    """Measure a run's model on its own test data or on others: loss and metrics, with the run's own preprocessing.

    Data that `--data` names are all tested on if they have neither a test nor a validation part (a table, a directory of images).
    Where classes have names, a table shows each of them.
    """
    from layerctl.api.evaluate import evaluate

    evaluation = evaluate(run, data=data, checkpoint=checkpoint, limit=limit, data_dir=data_dir, runs_dir=runs_dir)
    put_notes(evaluation.notes)
    if format == "text":
        say(evaluation.title())
    put_result(evaluation, format, evaluation.lines)
