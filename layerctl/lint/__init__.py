"""Design warnings: one rule per file, declared there as `RULE`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from layerctl.base.modules import public_modules

if TYPE_CHECKING:
    from layerctl.lint._rule import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of this folder, in the order of the files' names."""
    return tuple(import_module(f"{__name__}.{name}").RULE for name in public_modules(__path__))
