"""`layerctl check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from layerctl.cli._common import WRONG_SPEC, WRONG_USAGE, Debug, Overrides, guarded, say_usage

EXAMPLES = """\b
Examples:
  layerctl check                           all specs in specs/, else below this directory
  layerctl check specs/cnn.yaml            one file
  layerctl check models --format concise   a directory, one line a mistake
  layerctl check cnn --set vars.width=64   with another value
  cat cnn.yaml | layerctl check -          from standard input
"""


@guarded
def command(
    specs: Annotated[list[str] | None, typer.Argument(metavar="[SPEC]...", help="Files, names or directories.", show_default=False)] = None,
    format: Annotated[Literal["full", "concise", "json"], typer.Option("--format", help="How to print mistakes.")] = "full",
    output_file: Annotated[Path | None, typer.Option("--output-file", metavar="FILE", help="Write the result there.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Also build each model in Keras and compare.")] = False,
    max_layers: Annotated[int | None, typer.Option("--max-layers", min=1, help="How many layers a spec may expand to.")] = None,
    overrides: Overrides = None,
    debug: Debug = False,
) -> None:
    """Check specs without loading a framework: form, names, shapes, expectations.

    All files are checked, whatever happens in one of them. Exit status 0: clean; 1: mistakes; 2: wrong usage.
    """
    from layerctl.check import check_paths

    results, missing = check_paths(specs or [_default()], overrides=tuple(overrides or ()), max_layers=max_layers)
    for error in missing:
        say_usage(error.message, error.help)
    if results or format == "json":
        _write(_render(format, results, output_file), output_file)
    if verify:
        _verify(results)
    if missing:
        raise typer.Exit(WRONG_USAGE)
    if any(result.diagnostics if strict else not result.ok for result in results):
        raise typer.Exit(WRONG_SPEC)


def _default() -> str:
    return "specs" if Path("specs").is_dir() else "."


def _render(format: str, results: list, output_file: Path | None) -> str:  # type: ignore[type-arg]
    if format == "json":
        from layerctl.diagnostics.machine import check_data, to_json

        return to_json(check_data(results))
    from layerctl.diagnostics.text import closing, concise, full, paint_for, plain

    paint = plain if output_file is not None else paint_for(sys.stdout)
    found = [diagnostic for result in results for diagnostic in result.diagnostics]
    blocks = [concise(diagnostic, paint) if format == "concise" else full(diagnostic, paint) + "\n" for diagnostic in found]
    return "\n".join([*blocks, closing(len(results), found, paint)])


def _write(text: str, output_file: Path | None) -> None:
    if output_file is None:
        print(text)
        return
    from layerctl.files import write_whole

    write_whole(output_file, text + "\n")


def _verify(results: list) -> None:  # type: ignore[type-arg]
    """Holds each model without errors against Keras's own."""
    from layerctl.build import verify

    for result in results:
        if result.ok:
            verify(result)
