"""`layerctl build`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from layerctl.cli._common import WRONG_SPEC, guarded, show, spec_file, usage
from layerctl.cli._options import LARGEST_SEED, AllowCustomCode, Debug, IncludeRoot, MaxLayers, Overrides
from layerctl.cli._streams import put_lines, put_text

if TYPE_CHECKING:
    from layerctl.compiler.pipeline import Accepted

EXAMPLES = """
  layerctl build specs/cnn.yaml         build in Keras, compare with the static check, show the summary
  layerctl build cnn -o cnn.keras       and save the model
  layerctl build cnn -o cnn.py          as standalone Keras code; needs no Keras
  layerctl build cnn -o cnn.json        as Keras config; needs no Keras
"""


@guarded
def command(
    specs: Annotated[list[str] | None, typer.Argument(metavar="SPEC", help="Files or names.", show_default=False)] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Save it: .keras, .json or .py.", show_default=False)
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, max=LARGEST_SEED, help="Make the initial weights repeatable.")
    ] = None,
    max_layers: MaxLayers = None,
    include_root: IncludeRoot = None,
    allow_custom_code: AllowCustomCode = False,
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Compile a spec to a Keras functional model, and hold every shape, dtype and weight against Keras's own.

    Text forms (.json, .py) are written without loading Keras.
    """
    from layerctl.api.build import emit, form_of
    from layerctl.compiler.configuration import settings
    from layerctl.compiler.pipeline import compile_bytes

    text_only = output is not None and form_of(output) != ".keras"
    if output is not None and len(specs or ()) > 1:
        usage("-o takes one spec", "build them one by one, or leave out -o")
    failed = False
    limits = settings(max_layers, include_root)
    names: list[str | None] = [*specs] if specs else [None]
    for name in names:
        file = spec_file(name)
        compiled = compile_bytes(file.path, file.data, overrides=tuple(overrides or ()), settings=limits)
        show(compiled.diagnostics)
        if not compiled.ok:
            failed = True
        elif text_only and output is not None:
            emit(compiled.accepted(), output)
            _summary(compiled.accepted())
            put_text(f"wrote {output}")
        else:
            failed |= not _built(compiled.accepted(), output, seed, allow_custom_code)
    if failed:
        raise SystemExit(WRONG_SPEC)


def _built(compiled: Accepted, output: Path | None, seed: int | None, allow_custom_code: bool) -> bool:
    """Whether the model could be built: a custom layer may fail only now."""
    from layerctl.api.build import built, save
    from layerctl.diagnostics.errors import SpecError

    try:
        model, compiled = built(compiled, seed=seed, allow_custom_code=allow_custom_code)
        if output is not None:
            save(compiled, model, output)
    except SpecError as error:
        show(error.diagnostics)
        return False
    _summary(compiled)
    put_text("built in Keras: every shape, dtype and weight is as checked")
    if output is not None:
        put_text(f"wrote {output}")
    return True


def _summary(compiled: Accepted) -> None:
    from layerctl.analysis.costs import summarize
    from layerctl.report.table import View, table

    summary = summarize(compiled.model, optimizer=compiled.document.optimizer)
    put_lines(lambda width, paint: table(summary, View(), width, paint))
