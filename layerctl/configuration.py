"""`[tool.layerctl]` of a project's pyproject.toml."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from layerctl.errors import UsageError

KEYS = ("spec", "select", "ignore")


def configuration() -> dict[str, Any]:
    """The table `[tool.layerctl]` of the nearest pyproject.toml; empty where there is none.

    Raises:
        UsageError: the file cannot be read, or has a key that means nothing.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            return _table(file)
    return {}


def _table(file: Path) -> dict[str, Any]:
    try:
        data = file.read_bytes()
        if b"tool.layerctl" not in data:
            return {}  # without the cost of loading a TOML parser
        import tomllib

        table = tomllib.loads(data.decode("utf-8")).get("tool", {}).get("layerctl", {})
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {os.path.relpath(file)}: {error}") from None
    if not isinstance(table, dict):
        raise UsageError(f"[tool.layerctl] in {os.path.relpath(file)} is no table")
    for key in table:
        if key not in KEYS:
            from layerctl.diagnostics import suggestion

            raise UsageError(f"[tool.layerctl] in {os.path.relpath(file)} has no key `{key}`", suggestion(key, KEYS))
    table["spec"] = _relative(file, table["spec"]) if isinstance(table.get("spec"), str) else table.get("spec")
    return table


def _relative(file: Path, spec: str) -> str:
    """A configured spec as seen from here: paths in pyproject.toml are relative to it."""
    inside = file.parent / spec
    return os.path.relpath(inside) if inside.is_file() else spec
