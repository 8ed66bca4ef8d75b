"""`layerctl data`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from layerctl.base.json_text import pretty
from layerctl.cli._common import guarded, usage
from layerctl.cli._options import DataDir, Debug
from layerctl.cli._streams import put_json, put_lines, put_notes, put_result, say

EXAMPLES = """
  layerctl data                                the datasets that have a name
  layerctl data digits -o digits.png           shapes, classes, counts; a contact sheet
  layerctl data penguins.csv                   columns, and how many values each of them lacks
  layerctl data penguins.csv --set target=species    with options of `train.data`
  layerctl data train.csv --set validation=val.csv   parts in files of their own
  layerctl data photos/ --format json | jq .classes
"""


@guarded
def command(
    data: Annotated[str | None, typer.Argument(metavar="NAME|PATH", help="A dataset or a file.", show_default=False)] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE.png", help="Draw a contact sheet of the images.")
    ] = None,
    data_dir: DataDir = None,
    format: Annotated[Literal["table", "json"], typer.Option("--format", help="How to print it.")] = "table",
    options: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set an option of `train.data`. Repeatable.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Show what data hold: shapes, dtypes, classes with their counts, columns with what is missing."""
    if data is None:
        _list(format)
        return
    if output is not None and (output.suffix.lower() != ".png" or not output.parent.is_dir()):
        usage(f"cannot draw {output}", "name a .png file in a directory that exists")
    from layerctl.api.data import data as looked_at

    contents = looked_at(data, options=options or (), sheet=output, data_dir=data_dir)
    put_notes(contents.notes)
    put_result(contents, format, contents.lines)
    if output is not None:
        say(f"contact sheet → {output}")


def _list(format: str) -> None:
    from layerctl.api.data import named_data
    from layerctl.report.data import named, named_json

    sets = named_data()
    if format == "json":
        put_json(pretty(named_json(sets)))
        return

    put_lines(lambda width, paint: named(sets, width, paint))
