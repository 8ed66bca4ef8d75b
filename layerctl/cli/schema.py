"""`layerctl schema`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from layerctl.cli._common import guarded
from layerctl.cli._options import Debug
from layerctl.cli._streams import put

EXAMPLES = """
  layerctl schema > layerctl.schema.json                  for the settings of an editor
  layerctl schema --output-file .layerctl/schema.json     brings the one that `init` wrote up to date

\b
An editor with the YAML language server reads it from the first line of a spec:
  # yaml-language-server: $schema=.layerctl/schema.json
"""


@guarded
def command(
    output_file: Annotated[Path | None, typer.Option("--output-file", metavar="FILE", help="Write it there.")] = None,
    debug: Debug = False,
) -> None:
    """Print the JSON Schema of the spec language: editors complete, explain and mark by it.

    It holds every layer, argument, type and default. Shapes, names and references are left to `layerctl check`.
    """
    from layerctl.reference.schema import schema_text

    if output_file is None:
        put(schema_text())
        return
    from layerctl.base.files import write_whole
    from layerctl.diagnostics.errors import writing

    with writing(output_file):
        write_whole(output_file, schema_text())
