"""The result of `check` for one spec."""

from __future__ import annotations

from typing import NamedTuple

from layerctl.diagnostics import Diagnostic


class Checked(NamedTuple):
    """The result of `check` for one spec, small enough to keep many and to send between processes.

    Attributes:
        path: the spec's path as messages show it.
        name: the model's name; None where the text is not a spec.
        diagnostics: in the order of the text.
    """

    path: str
    name: str | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)
