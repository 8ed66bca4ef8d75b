"""Checking specs, as a plain function: what the command `check` and Python users call."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import partial
from time import perf_counter

from layerctl.compiler.accepted import compile_named
from layerctl.compiler.locate import CannotLocate, SpecFile, discover
from layerctl.compiler.pipeline import DEFAULTS, Checked, Compiled, collector_paused, compile_bytes
from layerctl.language.expand.document import Settings


def check(path: str | os.PathLike[str], *, overrides: Iterable[str] = ()) -> Compiled:
    """Checks one spec without loading a framework.

    Args:
        path: a file, or a bare name as on the command line (`cnn`).
        overrides: `KEY=VALUE` texts, as for `--set`.

    Returns:
        The typed model and the diagnostics; `.ok` says whether there are no errors.

    Raises:
        CannotLocate: there is no such file, or it cannot be read.
        UsageError: `[tool.layerctl]` in pyproject.toml is wrong.
    """
    return compile_named(path, overrides=overrides)


def locate(names: list[str]) -> tuple[list[SpecFile], list[CannotLocate]]:
    """The files that names of files and directories stand for, in order, and what could not be read."""
    files, missing = [], []
    for found in discover(names):
        if isinstance(found, SpecFile):
            files.append(found)
        else:
            missing.append(found)
    return files, missing


def check_files(
    files: list[SpecFile], *, overrides: tuple[str, ...] = (), settings: Settings = DEFAULTS, jobs: int = 1
) -> list[Checked]:
    """Checks files; whatever happens in one of them, all others are checked too.

    Args:
        files: what to check.
        overrides: `KEY=VALUE` texts, as for `--set`.
        settings: limits.
        jobs: how many processes; 0 for as many as pay. Whatever it is, the results are the same, in the order of the files.
    """
    check_one = partial(_check_file, overrides=overrides, settings=settings)
    results: list[Checked] = []
    start, done, size = perf_counter(), 0, sum(len(file.data) for file in files)
    with collector_paused():
        for number, file in enumerate(files):
            if jobs != 1 and (jobs or _long(perf_counter() - start, done, size)):
                from layerctl.base.parallel import each, usable_processors

                left = files[number:]
                if (workers := min(jobs or usable_processors(), len(left))) > 1:
                    return results + each(check_one, left, workers)
                jobs = 1
            results.append(check_one(file))
            done += len(file.data)
    return results


def _check_file(file: SpecFile, *, overrides: tuple[str, ...], settings: Settings) -> Checked:
    return compile_bytes(file.path, file.data, overrides=overrides, settings=settings).checked


def _long(elapsed: float, done: int, size: int) -> bool:
    """Whether what is left will take so long, if it goes on as it began, that starting processes costs less than they save."""
    return elapsed > WARM and elapsed * (size - done) > START * done


WARM = 0.1
"""Seconds after which what has been checked tells how long the rest will take."""

START = 0.3 if sys.platform == "linux" else 1.0
"""Seconds of work that pay for further processes, which start by a fork on Linux and from nothing elsewhere."""
