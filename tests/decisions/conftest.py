"""Tests of what users act on: figures, verdicts, refusals, exit statuses. None needs a framework, some need NumPy and SciPy."""

from importlib.util import find_spec

NEED_SCIPY = ("interruption", "judgement", "records", "run_directories", "states", "statistics", "trials", "verdicts")
collect_ignore = [] if find_spec("scipy") else [f"test_{name}.py" for name in NEED_SCIPY]
