"""Fixtures of the tests that need Keras."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

NEED_NUMPY = (
    "hostile_data", "kept", "memory", "parts", "tables",
    "data", "train", "compare", "compare_report", "compare_samples", "claims", "equivalence",
    "evaluate", "files", "look", "metrics", "recovery", "trace", "convert", "field", "origin", "pictures",
)  # fmt: skip
collect_ignore = [] if find_spec("numpy") else [f"test_{name}.py" for name in NEED_NUMPY]
KERAS_WARNS = "ignore:__array__ implementation:DeprecationWarning"
"""Keras's own warning, whenever it converts a variable to an array."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.filterwarnings(KERAS_WARNS))
