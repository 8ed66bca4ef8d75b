"""The settings of a compilation."""

from __future__ import annotations

from typing import NamedTuple

MAX_LAYERS = 100_000


class Settings(NamedTuple):
    """The settings of a compilation.

    Attributes:
        max_layers: how many layers the spec may expand to.
        include_root: the directory that includes may not leave; the spec's own by default.
        memory_budget: how many bytes training may take; None for no check.
        batch_size: for the memory of training; by default that of the section `train`.
    """

    max_layers: int = MAX_LAYERS
    include_root: str | None = None
    memory_budget: int | None = None
    batch_size: int | None = None
