"""The facts of datasets that a spec can name, one a file; their loaders are in `runtime/data`."""

from __future__ import annotations

from functools import cache

from layerctl.base.modules import public_modules
from layerctl.catalog.datasets._base import Facts


@cache
def names() -> tuple[str, ...]:
    """Every dataset that a spec can name, in order."""
    return public_modules(__path__)


def find(name: str) -> Facts | None:
    """The facts of the dataset with that name, or None."""
    return _facts(name) if name in names() else None


@cache
def _facts(name: str) -> Facts:
    from importlib import import_module

    facts = import_module(f"{__name__}.{name}").FACTS
    assert isinstance(facts, Facts)
    return facts
