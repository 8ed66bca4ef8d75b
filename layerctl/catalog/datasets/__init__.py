"""Data by name: one dataset a file, its static facts here, its loader in `runtime`."""

from __future__ import annotations

from functools import cache

from layerctl.base.modules import public_modules
from layerctl.catalog.datasets._base import Facts


@cache
def names() -> tuple[str, ...]:
    """Every dataset that a spec can name, in order."""
    return public_modules(__path__)


def find(name: str) -> Facts | None:
    """What is known of a dataset without loading it; None where there is none of that name."""
    return _facts(name) if name in names() else None


@cache
def _facts(name: str) -> Facts:
    from importlib import import_module

    facts = import_module(f"{__name__}.{name}").FACTS
    assert isinstance(facts, Facts)
    return facts
