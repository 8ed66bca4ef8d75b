"""Skips the tests that need NumPy or Keras if it is missing."""

from importlib.util import find_spec

import pytest

NEED_NUMPY = ("judge", "long", "operations", "shapes_of_metrics", "sparse")
collect_ignore = [] if find_spec("numpy") else [f"test_{name}.py" for name in NEED_NUMPY]


@pytest.fixture(scope="session")
def keras() -> None:
    """Skips a test that needs Keras, on TensorFlow."""
    pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
