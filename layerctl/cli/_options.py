"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a value of the spec, such as vars.width=64. Repeatable."),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback if layerctl itself fails.", hidden=True)]
