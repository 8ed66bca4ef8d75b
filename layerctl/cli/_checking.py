"""What `layerctl check` does once its arguments are parsed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from layerctl.checking import check_paths
from layerctl.cli._common import DONE, WRONG_SPEC, WRONG_USAGE, say_usage
from layerctl.compiler import DEFAULTS
from layerctl.expand.document import Settings
from layerctl.selection import selection

if TYPE_CHECKING:
    from pathlib import Path

    from layerctl.compiler import Compiled


def checked(
    names: list[str],
    *,
    format: str = "full",
    output_file: Path | None = None,
    strict: bool = False,
    verify: bool = False,
    overrides: tuple[str, ...] = (),
    settings: Settings = DEFAULTS,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> int:
    """Checks, prints what was found, and returns the exit status."""
    names = names or ["specs" if os.path.isdir("specs") else "."]
    counting = selection(select, ignore)

    def keep(result: Compiled) -> Compiled:
        return counting.apply(result if verify else result.printed())

    results, missing = check_paths(names, overrides=overrides, settings=settings, keep=keep)
    for error in missing:
        say_usage(error.message, error.help)
    if results or format in ("json", "sarif", "junit"):
        _write(_render(format, results, output_file), output_file)
    if verify:
        _verify(results)
    if missing:
        return WRONG_USAGE
    return WRONG_SPEC if any(result.diagnostics if strict else not result.ok for result in results) else DONE


def _render(format: str, results: list[Compiled], output_file: Path | None) -> Iterable[str]:
    """The text in pieces: that of many thousand mistakes is larger than all else."""
    if format == "json":
        from layerctl.diagnostics.machine import check_data, pieces

        return pieces(check_data(results))
    if format == "sarif":
        from layerctl.diagnostics.machine import pieces
        from layerctl.diagnostics.sarif import sarif_data

        return pieces(sarif_data(results))
    if format == "junit":
        from layerctl.diagnostics.junit import to_junit

        return (to_junit(results),)
    if format == "github":
        from layerctl.diagnostics.github import to_github

        return (to_github(results),)
    return _text(format, results, output_file)


def _text(format: str, results: list[Compiled], output_file: Path | None) -> Iterator[str]:
    from layerctl.diagnostics.text import closing, concise, full, paint_for, plain

    paint = plain if output_file is not None else paint_for(sys.stdout)
    found = [diagnostic for result in results for diagnostic in result.diagnostics]
    for diagnostic in found:
        yield concise(diagnostic, paint) + "\n" if format == "concise" else full(diagnostic, paint) + "\n\n"
    yield closing(len(results), found, paint)


def _write(pieces: Iterable[str], output_file: Path | None) -> None:
    if output_file is None:
        empty = True
        for piece in pieces:
            sys.stdout.write(piece)
            empty = empty and not piece
        sys.stdout.write("" if empty else "\n")
        return
    from layerctl.errors import UsageError
    from layerctl.files import replacing

    try:
        with replacing(output_file) as temporary, open(temporary, "x", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
            file.write("\n")
    except OSError as error:
        raise UsageError(f"cannot write {output_file}: {(error.strerror or str(error)).lower()}") from None


def _verify(results: list[Compiled]) -> None:
    """Holds each model without errors against Keras's own."""
    from layerctl.building import build

    for result in results:
        if result.ok:
            build(result)
