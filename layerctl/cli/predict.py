"""`layerctl predict`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from layerctl.base.json_text import pretty
from layerctl.cli._common import guarded, usage
from layerctl.cli._options import Checkpoint, Debug, RunsDir
from layerctl.cli._streams import put_notes, put_result, say
from layerctl.diagnostics.errors import check_output
from layerctl.diagnostics.text import Paint, finished

if TYPE_CHECKING:
    from layerctl.report.predictions import Predictions

EXAMPLES = """
  layerctl predict cnn-1 seven.png photos/          images, and directories of them
  layerctl predict penguins-1 new.csv               rows of a table; the header says which column is which
  layerctl predict spam-1 - < messages.txt          texts, a line each
  layerctl predict cnn-1 batch.npy --top-k 1        arrays
  layerctl predict cnn-1 photos/ --format csv -o predictions.csv
"""

SUFFIXES = {"table": (".txt", ".log", ""), "json": (".json", ".txt", ""), "csv": (".csv", ".txt", "")}
"""The suffixes of a file by the format of its content."""


@guarded
def command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run directory, or its name in --runs-dir.", show_default=False)],
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Images, arrays, tables or texts; `-` is stdin.", show_default=False)
    ],
    top_k: Annotated[int, typer.Option("--top-k", min=1, help="How many classes of each sample.")] = 3,
    checkpoint: Checkpoint = "model",
    runs_dir: RunsDir = Path("runs"),
    format: Annotated[Literal["table", "json", "csv"], typer.Option("--format", help="How to write the result.")] = "table",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write it to a file: .txt, .json or .csv, as --format is."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Predict from files with a run's model: classes with probabilities, or numbers. The run's own preprocessing is applied.

    A row of a table that cannot be read gets no prediction, and a note says so; the others do.
    """
    if output is not None:
        _check(output, format)
    from layerctl.api.predict import predict

    predictions = predict(run, files, top_k=top_k, checkpoint=checkpoint, runs_dir=runs_dir)
    put_notes((*predictions.notes, *predictions.unanswered()))
    if output is None:
        put_result(predictions, format, lambda width, paint: _lines(predictions, format, width, paint))
        return
    from layerctl.base.files import write_whole
    from layerctl.diagnostics.errors import writing

    with writing(output):
        write_whole(output, _content(predictions, format))
    count = len(predictions.predictions)
    say(f"{count:,} prediction{'' if count == 1 else 's'} → {output}")


def _check(output: Path, format: str) -> None:
    """Refuses a file that cannot be written, or whose suffix stands for other content than this format."""
    check_output(output)
    suffix = output.suffix.lower()
    if suffix in SUFFIXES[format]:
        return
    meant = next((name for name, suffixes in SUFFIXES.items() if suffix in suffixes), None)
    known = ", ".join(f"`{suffixes[0]}` for {name}" for name, suffixes in SUFFIXES.items())
    help = f"add `--format {meant}`" if meant else f"the suffixes are {known}"
    usage(f"cannot write {output}: predictions in the format `{format}` are no `{suffix}` file", help)


def _lines(predictions: Predictions, format: str, width: int, paint: Paint) -> Iterable[str]:
    if format == "csv":
        return predictions.to_csv().removesuffix("\n").split("\n")
    return predictions.table(width, paint)


def _content(predictions: Predictions, format: str) -> str:
    """The content of a file; programs read JSON and CSV, so that these have no escapes but their own."""
    if format == "json":
        return pretty(predictions.to_json()) + "\n"
    if format == "csv":
        return predictions.to_csv()
    from layerctl.report.layout import PIPED

    return "".join(f"{finished(line)}\n" for line in predictions.table(PIPED))
