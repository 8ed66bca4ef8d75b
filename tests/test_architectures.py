"""Known public architectures are accepted without a single warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerctl.compiler.pipeline import compile_bytes
from layerctl.compiler.selection import Selection

FOLDER = Path(__file__).parent / "architectures"
SPECS = sorted(FOLDER.glob("*.yaml"))


def test_there_are_enough() -> None:
    assert len(SPECS) >= 50


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_no_warning(path: Path) -> None:
    checked = compile_bytes(path.name, path.read_bytes()).checked
    assert Selection().apply(checked).diagnostics == ()
