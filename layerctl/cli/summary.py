"""`layerctl summary`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from layerctl.cli._common import WRONG_SPEC, guarded, show, spec_file
from layerctl.cli._options import Debug, IncludeRoot, MaxLayers, Overrides

EXAMPLES = """\b
Examples:
  layerctl summary cnn                      a table of layers, parameters and MACs
  layerctl summary cnn --format json        for programs
  layerctl summary cnn --batch-size 128     memory at that batch size
  layerctl summary cnn --expand-nested      the layers of nested models too
  layerctl summary cnn --set vars.width=64
"""


@guarded
def command(
    spec: Annotated[
        str | None, typer.Argument(metavar="SPEC", help="A file, a name such as cnn, or `-`.", show_default=False)
    ] = None,
    format: Annotated[Literal["table", "json", "markdown"], typer.Option("--format", help="How to print it.")] = "table",
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, help="For the memory of activations.")] = 1,
    expand_nested: Annotated[bool, typer.Option("--expand-nested", help="Show the layers of nested models too.")] = False,
    max_layers: MaxLayers = None,
    include_root: IncludeRoot = None,
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Show a model's layers, output shapes, parameters, MACs and memory, without loading a framework.

    One MAC is a multiply-accumulate of one sample: two FLOPs. After a mistake the layers up to it are shown, and the mistake.
    """
    from layerctl.compiler import compile_bytes
    from layerctl.configuration import settings
    from layerctl.report.rows import summarize, summary_data

    file = spec_file(spec)
    limits = settings(max_layers, include_root)
    compiled = compile_bytes(file.path, file.data, overrides=tuple(overrides or ()), settings=limits)
    if compiled.model is not None:
        summary = summarize(compiled.model, batch_size)
        if format == "json":
            from layerctl.diagnostics.machine import to_json

            print(to_json(summary_data(summary, expand_nested=expand_nested)))
        elif format == "markdown":
            from layerctl.report.table import markdown

            print(markdown(summary, batch_size, expand_nested=expand_nested))
        else:
            from layerctl.report.table import print_table

            print_table(summary, sys.stdout, batch_size, expand_nested=expand_nested)
    sys.stdout.flush()
    show(compiled.diagnostics)
    if not compiled.ok:
        raise SystemExit(WRONG_SPEC)
