"""Warnings about the section `train`: one rule per file, declared there as `RULE`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from layerctl.base.modules import public_modules

if TYPE_CHECKING:
    from layerctl.lint.training._rule import TrainRule


@cache
def rules() -> tuple[TrainRule, ...]:
    """Every rule of this folder, in the order of the files' names."""
    return tuple(import_module(f"{__name__}.{name}").RULE for name in public_modules(__path__))
