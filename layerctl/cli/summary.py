"""`layerctl summary`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from layerctl.cli._common import guarded, usage
from layerctl.cli._options import Debug, IncludeRoot, MaxLayers, Overrides, Spec

EXAMPLES = """
  layerctl summary cnn                      a table of layers, parameters and MACs
  layerctl summary cnn --format json        for programs
  layerctl summary cnn --batch-size 128     memory at that batch size
  layerctl summary zoo/resnet50             as many levels of its blocks as fit a screen
  layerctl summary zoo/resnet50 --depth 2   two levels; what is deeper is folded, with its sums
  layerctl summary zoo/resnet50 --depth all every layer
  layerctl summary cnn --expand-nested      the layers of nested models too
  layerctl summary cnn --columns receptive_field,effective_stride,feature_maps
  layerctl summary cnn --set vars.width=64
"""


@guarded
def command(
    spec: Spec = None,
    format: Annotated[Literal["table", "json", "markdown"], typer.Option("--format", help="How to print it.")] = "table",
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, help="For the memory of activations.")] = 1,
    depth: Annotated[
        str | None,
        typer.Option("--depth", metavar="N|all", help="How many levels of blocks to show; those that fit a screen."),
    ] = None,
    expand_nested: Annotated[bool, typer.Option("--expand-nested", help="Show the layers of nested models too.")] = False,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="NAME,…",
            help="Further ones: receptive_field, receptive_positions, effective_stride, feature_maps.",
        ),
    ] = None,
    max_layers: MaxLayers = None,
    include_root: IncludeRoot = None,
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Show a model's layers, output shapes, parameters, MACs and memory, without loading a framework.

    One MAC is a multiply-accumulate of one sample: two FLOPs. After a mistake the layers up to it are shown, and the mistake.

    Blocks are shown as a tree. The layers of a block stand below it, indented, with names that are relative to it, and its row
    adds up their parameters and MACs. The same goes for a layer that joins branches. Blocks that repeat are one row, such as
    `3 × bottleneck`, with the sums of all.

    --depth N shows N levels of the tree. What is deeper is folded into the row above it, which is marked with ▸ and has the sums.
    Without --depth the table has as many levels as fit into 32 rows. Where blocks are open, only those that repeat with the same
    shapes and figures are one row, below the first of them. --depth all shows every layer.

    --columns receptive_field shows over how many positions of the input a value reaches, along each axis of an image or sequence;
    receptive_positions how many of these count, fewer where the field has gaps. Both are exact; `?` is what is not known.

    A row without an input reads the row above it. Inputs are named as within the block; `↑dense` is a layer outside of it, where
    it has a `dense` of its own. JSON always has every layer.
    """
    from layerctl.cli._summary import summarized
    from layerctl.compiler.configuration import settings

    status = summarized(
        spec,
        format=format,
        batch_size=batch_size,
        expand_nested=expand_nested,
        limits=settings(max_layers, include_root),
        overrides=tuple(overrides or ()),
        columns=_columns(columns),
        depth=_depth(depth),
    )
    sys.exit(status)


def _depth(text: str | None) -> int | None:
    """The number of levels; `EVERYTHING` for `all`, None where the option is not given."""
    if text is None:
        return None
    from layerctl.base.shapes import is_index
    from layerctl.report.tree import EVERYTHING

    if text != "all" and not (is_index(text) and int(text) > 0):
        usage(f"`--depth {text}` is no number of levels", "take a number from 1, or `all`")
    return EVERYTHING if text == "all" else int(text)


def _columns(text: str | None) -> tuple[str, ...]:
    """The names of the columns; ends with status 2 for an unknown name."""
    if text is None:
        return ()
    from layerctl.analysis.receptive_field import COLUMNS
    from layerctl.diagnostics import suggestion

    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in COLUMNS:
            usage(f"there is no column `{name}` to add", suggestion(name, COLUMNS))
    return names
