"""What layerctl's Python functions raise, and the exit status that each has on the command line.

```
LayerctlError
├── UsageError           2   a wrong suffix, a place that cannot be written
│   └── MissingPackage   2   an optional package is not installed
├── SpecError            1   the spec has errors
└── LayerctlBug          3   layerctl and Keras disagree about a model
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layerctl.diagnostics import Diagnostic


class LayerctlError(Exception):
    """The root of what layerctl raises on purpose."""


class UsageError(LayerctlError):
    """Called in a way that cannot work.

    Attributes:
        message: what is wrong.
        help: what would work, or None.
    """

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class MissingPackage(UsageError):
    """A package is needed that does not come with the base installation; `help` says what to install."""


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
    """What layerctl worked out is not what Keras does: a bug of layerctl, which its users are asked to report.

    Attributes:
        differences: one line each.
    """

    def __init__(self, differences: tuple[str, ...]) -> None:
        super().__init__("layerctl and Keras disagree about this model:\n" + "\n".join(f"  {line}" for line in differences))
        self.differences = differences
