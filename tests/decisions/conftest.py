"""Tests of what users act on: figures, verdicts, refusals, exit statuses. None needs a framework, some need NumPy and SciPy."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

NEED_SCIPY = (
    "figures_of_metrics",
    "findings",
    "interruption",
    "judgement",
    "looks",
    "perturb",
    "power",
    "probes",
    "records",
    "run_directories",
    "saturation",
    "spending",
    "states",
    "statistics",
    "timing",
    "trials",
    "verdicts",
)
collect_ignore = [] if find_spec("scipy") else [f"test_{name}.py" for name in NEED_SCIPY]


@pytest.fixture(autouse=True)
def folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test finds nothing that another one left, and what it leaves is in nobody's way."""
    monkeypatch.chdir(tmp_path)
