"""What `check` says of one spec."""

from __future__ import annotations

from typing import NamedTuple

from layerctl.diagnostics import Diagnostic


class Checked(NamedTuple):
    """What `check` says of one spec: small to keep, and to hand from process to process.

    Attributes:
        path: as messages show it.
        name: of the model; None where the text is no spec.
        diagnostics: what was found, in the order of the text.
    """

    path: str
    name: str | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)
