"""`layerctl check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from layerctl.cli._checking import checked
from layerctl.cli._common import guarded
from layerctl.cli._options import AllowCustomCode, Debug, IncludeRoot, MaxLayers, Overrides
from layerctl.compiler.configuration import settings

Format = Literal["full", "concise", "json", "github", "sarif", "junit"]
EXAMPLES = """
  layerctl check                           all specs in specs/, else below this directory
  layerctl check specs/cnn.yaml            one file
  layerctl check models --format concise   a directory, one line a mistake
  layerctl check cnn --set vars.width=64   with another value
  layerctl check --format github           as annotations of a pull request
  layerctl check --memory-budget 8GiB      warn of models that need more to train
  layerctl check --ignore LC5 --strict     no design warnings, but fail on any other
  cat cnn.yaml | layerctl check -          from standard input
"""


@guarded
def command(
    specs: Annotated[
        list[str] | None, typer.Argument(metavar="SPEC", help="Files, names or directories.", show_default=False)
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="How to print mistakes.")] = "full",
    output_file: Annotated[Path | None, typer.Option("--output-file", metavar="FILE", help="Write the result there.")] = None,
    strict: Annotated[bool | None, typer.Option("--strict/--no-strict", help="Fail on warnings too.", show_default=False)] = None,
    select: Annotated[
        list[str] | None, typer.Option("--select", metavar="CODE", help="Count only these: codes or prefixes. Repeatable.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODE", help="Do not count these: codes or prefixes. Repeatable.")
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Also build each model in Keras and compare.")] = False,
    allow_custom_code: AllowCustomCode = False,
    jobs: Annotated[
        int, typer.Option("--jobs", metavar="N", min=0, help="How many processes; 0: as many as pay, 1: only one.")
    ] = 0,
    memory_budget: Annotated[
        str | None,
        typer.Option("--memory-budget", metavar="SIZE", help="Warn if training takes more, such as 8GiB.", show_default=False),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option("--batch-size", metavar="N", min=1, help="For memory; that of the section train.", show_default=False),
    ] = None,
    max_layers: MaxLayers = None,
    include_root: IncludeRoot = None,
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Check specs without loading a framework: form, names, shapes, expectations, and the data files that they name.

    Of data only the beginning is read: header and first rows of a table, shapes of arrays, classes of a directory of images.
    All specs are checked, whatever happens in one of them. Exit status 0: clean; 1: mistakes; 2: wrong usage.
    """
    status = checked(
        specs or [],
        format=format,
        output_file=output_file,
        strict=strict,
        verify=verify,
        allow_custom_code=allow_custom_code,
        overrides=tuple(overrides or ()),
        settings=settings(max_layers, include_root, memory_budget, batch_size),
        select=select or (),
        ignore=ignore or (),
        jobs=jobs,
    )
    raise SystemExit(status)
