"""`layerctl claims`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from layerctl.cli._common import guarded
from layerctl.cli._options import DataDir, Debug
from layerctl.cli._streams import put_result, say

EXAMPLES = """
  layerctl claims                                  all, on real handwritten digits; a quarter of an hour
  layerctl claims 1 3                              those two
  layerctl claims --report claims.html             as a page with pictures
  layerctl claims 2 --table wine.csv --table penguins.csv:species
  layerctl claims --seeds 5                        quicker, with wider intervals
  layerctl claims --data mnist --limit 5000 --epochs 3
  layerctl claims --format json | jq '.claims[].verdict'
"""


@guarded
def command(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="N", help="Which claims; all.", show_default=False)] = None,
    data: Annotated[str, typer.Option("--data", metavar="NAME", help="Images to test on.")] = "digits",
    tables: Annotated[
        list[str] | None,
        typer.Option("--table", metavar="FILE[:COLUMN]", help="A table to test claim 2 on too; COLUMN holds the class."),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", min=2, help="How many times each model is trained; as many as a claim takes, 6 to 20."),
    ] = None,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="How many times to go through the data.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many training and test samples.")] = None,
    data_dir: DataDir = None,
    runs_dir: Annotated[Path, typer.Option("--runs-dir", metavar="DIR", help="Where finished trials are kept.")] = Path("runs"),
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write a page with pictures, .html.")] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print the result.")] = "text",
    debug: Debug = False,
) -> None:
    """Put what is claimed of Dense and Conv2D to the test: confirmed, refuted or undecided, with figures.

    \b
    1  permuted pixels        5  the same function      9  Dense late or early
    2  images and tables      6  values and weights    10  what pooling saves
    3  shifted images         7  what Flatten loses    11  normalization
    4  kernel sizes           8  oriented kernels

    Each claim says what would refute it; what is arithmetic is told from what is learnt from data. Finished trials are kept:
    after Ctrl-C the same call does the rest.
    """
    from layerctl.api.claims import claims
    from layerctl.cli._progress import Trials

    with Trials() as trials:
        result = claims(
            data=data,
            tables=tables or (),
            seeds=seeds,
            epochs=epochs,
            limit=limit,
            data_dir=data_dir,
            runs_dir=runs_dir,
            only=tuple(numbers or ()),
            report=report,
            listener=trials,
        )
    if report is not None:
        say(f"wrote {report}")
    from layerctl.report.claims import lines

    put_result(result, format, lambda width, paint: lines(result, width))
