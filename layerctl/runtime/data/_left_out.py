"""Notes on what is left out of data."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from layerctl.diagnostics import printable


class LeftOut:
    """Files and directories that are left out, or of which a part is, by reason."""

    def __init__(self) -> None:
        self.paths: dict[str, dict[Path | str, None]] = {}

    def add(self, reason: str, path: Path | str) -> None:
        self.paths.setdefault(reason, {})[path] = None

    def notes(self) -> Iterator[str]:
        """One note for each reason, with the first paths."""
        for reason, paths in self.paths.items():
            shown = ", ".join(map(str, islice(paths, 3)))
            yield printable(f"{reason}: {shown}{f' and {len(paths) - 3:,} more' if len(paths) > 3 else ''}")
