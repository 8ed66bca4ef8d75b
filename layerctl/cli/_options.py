"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
