"""Notes on what is left out of data."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from layerctl.base.printable import printable


class LeftOut:
    """Files and directories that are left out, or of which a part is, by reason.

    Args:
        notes: gets one note for each reason, with the first paths.
    """

    def __init__(self, notes: list[str]) -> None:
        self.notes = notes
        self.paths: dict[str, dict[Path | str, None]] = {}
        self.places: dict[str, int] = {}

    def add(self, reason: str, path: Path | str) -> None:
        paths = self.paths.setdefault(reason, {})
        paths[path] = None
        more = f" and {len(paths) - 3:,} more" if len(paths) > 3 else ""
        note = printable(f"{reason}: {', '.join(map(str, islice(paths, 3)))}{more}")
        if reason in self.places:
            self.notes[self.places[reason]] = note
        else:
            self.places[reason] = len(self.notes)
            self.notes.append(note)
