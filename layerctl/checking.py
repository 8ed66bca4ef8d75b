"""Checking specs, as a plain function: what the command `check` and Python users call."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from layerctl.compiler import DEFAULTS, Compiled, collector_paused, compile_bytes
from layerctl.expand.document import Settings
from layerctl.locate import CannotLocate, SpecFile, discover, find


def check(path: str | os.PathLike[str], *, overrides: Iterable[str] = ()) -> Compiled:
    """Checks one spec without loading a framework.

    Args:
        path: a file, or a bare name as on the command line (`cnn`).
        overrides: `KEY=VALUE` texts, as for `--set`.

    Returns:
        The typed model and the diagnostics; `.ok` says whether there are no errors.

    Raises:
        CannotLocate: there is no such file, or it cannot be read.
    """
    file = find(os.fspath(path))
    return compile_bytes(file.path, file.data, overrides=tuple(overrides))


def check_paths(
    names: list[str],
    *,
    overrides: tuple[str, ...] = (),
    settings: Settings = DEFAULTS,
    keep: Callable[[Compiled], Compiled] = lambda result: result,
) -> tuple[list[Compiled], list[CannotLocate]]:
    """Checks files and directories; whatever happens in one of them, all others are checked too.

    Args:
        names: files, bare names and directories.
        overrides: `KEY=VALUE` texts that change each spec before it is read.
        settings: limits.
        keep: what is kept of a result, before the next spec is read.

    Returns:
        The results in the order of the files, and what could not be read.
    """
    results, missing = [], []
    with collector_paused():
        for found in discover(names):
            if isinstance(found, SpecFile):
                results.append(keep(compile_bytes(found.path, found.data, overrides=overrides, settings=settings)))
            else:
                missing.append(found)
    return results, missing
