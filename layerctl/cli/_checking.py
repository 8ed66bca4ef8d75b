"""`layerctl check` after its arguments are parsed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from layerctl.api.check import check_files, locate
from layerctl.cli._common import DONE, WRONG_SPEC, WRONG_USAGE
from layerctl.cli._streams import put, put_json, say_usage
from layerctl.compiler.configuration import configuration
from layerctl.compiler.configuration import settings as configured_settings
from layerctl.compiler.pipeline import compile_bytes
from layerctl.compiler.selection import selection
from layerctl.language.expand.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from layerctl.compiler.locate import SpecFile
    from layerctl.diagnostics.checked import Checked


def checked(
    names: list[str],
    *,
    format: str = "full",
    output_file: Path | None = None,
    strict: bool | None = None,
    verify: bool = False,
    allow_custom_code: bool = False,
    overrides: tuple[str, ...] = (),
    settings: Settings | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    jobs: int = 0,
) -> int:
    """Checks specs, prints the diagnostics, and returns the exit status."""
    names = names or ["specs" if os.path.isdir("specs") else "."]
    counting = selection(select, ignore)
    settings = settings or configured_settings()
    strict = configuration().strict if strict is None else strict
    files, missing = locate(names)
    results = check_files(files, overrides=overrides, settings=settings, jobs=jobs)
    failed: list[Exception] = []
    if verify:
        verified = partial(_verified, overrides=overrides, settings=settings, allow_custom_code=allow_custom_code, failed=failed)
        results = [verified(file, result) for file, result in zip(files, results, strict=True)]
    results = list(map(counting.apply, results))
    for error in missing:
        say_usage(error.message, error.help)
    if results or format in ("json", "sarif", "junit"):
        _write(_render(format, results, output_file), format, output_file)
    if failed:
        raise failed[0]
    if missing:
        return WRONG_USAGE
    return WRONG_SPEC if any(result.diagnostics if strict else not result.ok for result in results) else DONE


def _render(format: str, results: list[Checked], output_file: Path | None) -> Iterable[str]:
    """The output in pieces, as that of many thousand mistakes is large."""
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


def _text(format: str, results: list[Checked], output_file: Path | None) -> Iterator[str]:
    from layerctl.diagnostics.text import closing, concise, full, paint_for, plain

    paint = plain if output_file is not None else paint_for(sys.stdout)
    diagnostics = [diagnostic for result in results for diagnostic in result.diagnostics]
    for diagnostic in diagnostics:
        yield concise(diagnostic, paint) + "\n" if format == "concise" else full(diagnostic, paint) + "\n\n"
    yield closing(len(results), diagnostics, paint)


def _write(pieces: Iterable[str], format: str, output_file: Path | None) -> None:
    if output_file is None:
        text = "".join(pieces)  # if rendering fails, no part of a document is printed
        if format in ("json", "sarif"):
            put_json(text)
        else:
            put(text + "\n" if text else "")
        return
    from layerctl.base.files import replacing
    from layerctl.diagnostics.errors import writing

    with writing(output_file), replacing(output_file) as temporary, open(temporary, "xb") as file:
        file.writelines(piece.encode() for piece in pieces)
        file.write(b"\n")


def _verified(
    file: SpecFile,
    result: Checked,
    *,
    overrides: tuple[str, ...],
    settings: Settings,
    allow_custom_code: bool,
    failed: list[Exception],
) -> Checked:
    """The diagnostics of a file, with those of building its model in Keras and comparing it.

    Other failures, such as bugs of layerctl or a missing package, are added to `failed`.
    """
    from layerctl.api.build import built
    from layerctl.diagnostics.errors import SpecError

    if any(diagnostic.is_error and not diagnostic.code.of_data for diagnostic in result.diagnostics):
        return result
    try:
        compiled = compile_bytes(file.path, file.data, overrides=overrides, settings=settings)
        built(compiled.accepted(), allow_custom_code=allow_custom_code)
    except SpecError as error:
        return result._replace(diagnostics=(*result.diagnostics, *error.diagnostics))
    except Exception as error:
        failed.append(error)
    return result
