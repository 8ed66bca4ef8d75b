"""`[tool.layerctl]` of a project's pyproject.toml."""

from __future__ import annotations

import os
from typing import Any

from layerctl.errors import UsageError


def configuration() -> dict[str, Any]:
    """The table `[tool.layerctl]` of the nearest pyproject.toml; empty where there is none.

    Raises:
        UsageError: the file cannot be read.
    """
    folder, below = os.getcwd(), ""
    while folder != below:
        file = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(file):
            return _table(file)
        folder, below = os.path.dirname(folder), folder
    return {}


def _table(file: str) -> dict[str, Any]:
    try:
        with open(file, "rb") as opened:
            data = opened.read()
        if b"tool.layerctl" not in data:
            return {}  # without the cost of loading a TOML parser
        import tomllib

        table = tomllib.loads(data.decode("utf-8")).get("tool", {}).get("layerctl", {})
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {os.path.relpath(file)}: {error}") from None
    if not isinstance(table, dict):
        raise UsageError(f"[tool.layerctl] in {os.path.relpath(file)} is no table")
    table["spec"] = _relative(file, table["spec"]) if isinstance(table.get("spec"), str) else table.get("spec")
    return table


def _relative(file: str, spec: str) -> str:
    """A configured spec as seen from here: paths in pyproject.toml are relative to it."""
    inside = os.path.join(os.path.dirname(file), spec)
    return os.path.relpath(inside) if os.path.isfile(inside) else spec
