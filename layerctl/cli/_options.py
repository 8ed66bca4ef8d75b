"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Spec = Annotated[str | None, typer.Argument(metavar="SPEC", help="A file, a name such as cnn, or `-`.", show_default=False)]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", metavar="DIR", help="Where files of named sets are looked for first.")
]
RunsDir = Annotated[Path, typer.Option("--runs-dir", metavar="DIR", help="Where names of runs are looked for.")]
Checkpoint = Annotated[
    Literal["model", "last", "best"], typer.Option("--checkpoint", help="The model as training left it, or of an epoch.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a value of the spec, such as vars.width=64. Repeatable."),
]
MaxLayers = Annotated[
    int | None,
    typer.Option("--max-layers", metavar="N", min=1, help="How many layers a spec may expand to; 100000.", show_default=False),
]
IncludeRoot = Annotated[
    Path | None,
    typer.Option("--include-root", metavar="DIR", file_okay=False, exists=True, help="Where includes may be; the spec's folder."),
]
AllowCustomCode = Annotated[
    bool, typer.Option("--allow-custom-code", help="Import the classes of custom layers, which runs their code.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback if layerctl itself fails.", hidden=True)]

LARGEST_SEED = 2**32 - 1
"""NumPy takes no larger one."""
