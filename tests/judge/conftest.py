"""Skips the tests that need NumPy if it is missing."""

from importlib.util import find_spec

collect_ignore = (
    []
    if find_spec("numpy")
    else ["test_judge.py", "test_long.py", "test_operations.py", "test_shapes_of_metrics.py", "test_sparse.py"]
)
