"""The exceptions of layerctl's Python functions, and the exit status of each on the command line.

```
LayerctlError
├── UsageError           2   a wrong suffix, a place that cannot be written
│   └── MissingPackage   2   an optional package is not installed
├── SpecError            1   the spec has errors
└── LayerctlBug          3   layerctl and Keras disagree about a model
```
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from layerctl.base.printable import printable

if TYPE_CHECKING:
    from layerctl.diagnostics import Diagnostic


class LayerctlError(Exception):
    """The base class of layerctl's exceptions."""


class UsageError(LayerctlError):
    """A function or command is called in a way that cannot work.

    Attributes:
        message: what is wrong.
        help: what would work, or None.
    """

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


@contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[None]:
    """A context that writes a file; a failure becomes a UsageError."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot write {os.fspath(path)}: {(error.strerror or str(error)).lower()}") from error


class MissingPackage(UsageError):
    """A needed package is not part of the base installation; `help` says what to install."""


class SpecError(LayerctlError):
    """A spec has errors; `str()` shows all its diagnostics, with the source beside them.

    Attributes:
        diagnostics: errors and warnings, in the order of the text.
    """

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        from layerctl.diagnostics.text import full

        return "\n\n".join(full(diagnostic) for diagnostic in self.diagnostics)


class LayerctlBug(LayerctlError):
    """layerctl's inference and Keras disagree about a model: a bug of layerctl, which users are asked to report.

    Attributes:
        differences: one line each.
    """

    def __init__(self, differences: tuple[str, ...]) -> None:
        super().__init__(
            "layerctl and Keras disagree about this model:\n" + "\n".join(f"  {printable(line)}" for line in differences)
        )
        self.differences = differences
