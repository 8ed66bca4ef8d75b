"""Checking specs: the functions behind the command `check`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import partial
from time import perf_counter

from layerctl.compiler.accepted import compile_named
from layerctl.compiler.locate import CannotLocate, SpecFile, discover
from layerctl.compiler.pipeline import DEFAULTS, Compiled, collector_paused, compile_bytes
from layerctl.diagnostics import in_order
from layerctl.diagnostics.checked import Checked
from layerctl.language.expand.settings import Settings


def check(path: str | os.PathLike[str], *, overrides: Iterable[str] = ()) -> Compiled:
    """Checks one spec without loading a framework.

    Args:
        path: a file, or a bare name as on the command line (`cnn`).
        overrides: `KEY=VALUE` texts, as for `--set`.

    Returns:
        The typed model and the diagnostics; `.ok` says whether there are no errors.

    Raises:
        UsageError: there is no such file, it cannot be read, or `[tool.layerctl]` in pyproject.toml is wrong.
    """
    return _with_data(compile_named(path, overrides=overrides))


def locate(names: list[str]) -> tuple[list[SpecFile], list[CannotLocate]]:
    """The spec files of some files and directories, in order; and what could not be read."""
    files, missing = [], []
    for file in discover(names):
        if isinstance(file, SpecFile):
            files.append(file)
        else:
            missing.append(file)
    return files, missing


def check_files(
    files: list[SpecFile], *, overrides: tuple[str, ...] = (), settings: Settings = DEFAULTS, jobs: int = 1
) -> list[Checked]:
    """Checks files, all of them, whatever happens in one; returns the results in the order of the files.

    Args:
        files: the files to check.
        overrides: `KEY=VALUE` texts, as for `--set`.
        settings: limits.
        jobs: the number of processes; 0 starts more than one only if that saves time. The results are the same.
    """
    check_one = partial(_check_file, overrides=overrides, settings=settings)
    results: list[Checked] = []
    start, checked_bytes, size = perf_counter(), 0, sum(len(file.data) for file in files)
    with collector_paused():
        for number, file in enumerate(files):
            if jobs != 1 and (jobs or _long(perf_counter() - start, checked_bytes, size)):
                from layerctl.base.parallel import each, usable_processors

                remaining = files[number:]
                if (workers := min(jobs or usable_processors(), len(remaining))) > 1:
                    return results + each(check_one, remaining, workers)
                jobs = 1
            results.append(check_one(file))
            checked_bytes += len(file.data)
    return results


def _check_file(file: SpecFile, *, overrides: tuple[str, ...], settings: Settings) -> Checked:
    return _with_data(compile_bytes(file.path, file.data, overrides=overrides, settings=settings)).checked


def _with_data(compiled: Compiled) -> Compiled:
    """The result with what is certainly wrong with the files that the section `train` names."""
    train = compiled.document.train if compiled.document is not None else None
    if train is None or train.data is None or train.data.path is None or compiled.root is None:
        return compiled
    from layerctl.analysis.data.look import look
    from layerctl.compiler.selection import commented

    found = tuple(
        diagnostic
        for diagnostic in look(compiled.model if compiled.ok else None, compiled.root, compiled.path, train)
        if not commented(diagnostic)
    )
    return compiled._replace(diagnostics=in_order((*compiled.diagnostics, *found), compiled.path)) if found else compiled


def _long(elapsed: float, done: int, size: int) -> bool:
    """Whether the remaining bytes, at the speed so far, will take so long that starting processes saves time."""
    return elapsed > WARM and elapsed * (size - done) > START * done


WARM = 0.1
"""Seconds after which the speed so far is a good estimate."""

START = 0.3 if sys.platform == "linux" else 1.0
"""Seconds of remaining work from which on processes save time; on Linux they start faster, by a fork."""
