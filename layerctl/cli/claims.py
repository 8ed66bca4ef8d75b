"""`layerctl claims`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from layerctl.cli._common import guarded
from layerctl.cli._options import DataDir, Debug
from layerctl.cli._streams import put_result

EXAMPLES = """
  layerctl claims                                  all six, on real handwritten digits; a few minutes
  layerctl claims 1 3                              those two
  layerctl claims --seeds 5                        quicker, with wider intervals
  layerctl claims --data mnist --limit 5000 --epochs 3
  layerctl claims --format json | jq '.claims[].verdict'
"""


@guarded
def command(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="N", help="Which claims; all.", show_default=False)] = None,
    data: Annotated[str, typer.Option("--data", metavar="NAME", help="Images to test on.")] = "digits",
    seeds: Annotated[int, typer.Option("--seeds", min=2, help="How many times each model is trained.")] = 20,
    epochs: Annotated[int | None, typer.Option("--epochs", min=1, help="How many times to go through the data.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many training and test samples.")] = None,
    data_dir: DataDir = None,
    runs_dir: Annotated[Path, typer.Option("--runs-dir", metavar="DIR", help="Where finished trials are kept.")] = Path("runs"),
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print the result.")] = "text",
    debug: Debug = False,
) -> None:
    """Put what is claimed of Dense and Conv2D to the test: confirmed, refuted or undecided, with figures.

    \b
    1  permuted pixels        4  kernel sizes
    2  images and tables      5  the same function
    3  shifted images         6  values and weights

    Finished trials are kept: after Ctrl-C the same call does the rest.
    """
    from layerctl.api.claims import claims
    from layerctl.cli._progress import Trials

    with Trials() as trials:
        result = claims(
            data=data,
            seeds=seeds,
            epochs=epochs,
            limit=limit,
            data_dir=data_dir,
            runs_dir=runs_dir,
            only=tuple(numbers or ()),
            listener=trials,
        )
    from layerctl.report.claims import lines

    put_result(result, format, lambda width, paint: lines(result, width))
