"""`layerctl check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from layerctl.cli._checking import checked
from layerctl.cli._common import guarded
from layerctl.cli._options import Debug, IncludeRoot, MaxLayers, Overrides, settings
from layerctl.expand.document import MAX_LAYERS

Format = Literal["full", "concise", "json", "github", "sarif", "junit"]
EXAMPLES = """\b
Examples:
  layerctl check                           all specs in specs/, else below this directory
  layerctl check specs/cnn.yaml            one file
  layerctl check models --format concise   a directory, one line a mistake
  layerctl check cnn --set vars.width=64   with another value
  layerctl check --format github           as annotations of a pull request
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
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    select: Annotated[
        list[str] | None, typer.Option("--select", metavar="CODE", help="Count only these: codes or prefixes. Repeatable.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODE", help="Do not count these: codes or prefixes. Repeatable.")
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Also build each model in Keras and compare.")] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", metavar="N", min=0, help="How many processes; 0: as many as pay, 1: only one.")
    ] = 0,
    max_layers: MaxLayers = MAX_LAYERS,
    include_root: IncludeRoot = None,
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Check specs without loading a framework: form, names, shapes, expectations.

    All files are checked, whatever happens in one of them. Exit status 0: clean; 1: mistakes; 2: wrong usage.
    """
    status = checked(
        specs or [],
        format=format,
        output_file=output_file,
        strict=strict,
        verify=verify,
        overrides=tuple(overrides or ()),
        settings=settings(max_layers, include_root),
        select=select or (),
        ignore=ignore or (),
        jobs=jobs,
    )
    raise SystemExit(status)
