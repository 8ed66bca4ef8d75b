"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from layerctl.expand.document import Settings

Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a value of the spec, such as vars.width=64. Repeatable."),
]
MaxLayers = Annotated[int, typer.Option("--max-layers", min=1, help="How many layers a spec may expand to.")]
IncludeRoot = Annotated[
    Path | None,
    typer.Option("--include-root", metavar="DIR", file_okay=False, exists=True, help="Where includes may be; the spec's folder."),
]
AllowCustomCode = Annotated[
    bool, typer.Option("--allow-custom-code", help="Import the classes of custom layers, which runs their code.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback if layerctl itself fails.", hidden=True)]


def settings(max_layers: int, include_root: Path | None) -> Settings:
    return Settings(max_layers, None if include_root is None else str(include_root))
