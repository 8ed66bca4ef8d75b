from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import FiniteFloat, PositiveFloat
from layerctl.catalog.losses._base import Loss, Targets


class Circle(Loss):
    """Pulls embeddings of one class together and pushes others apart, targets as class numbers (Sun et al. 2020).

    Args:
        gamma: how sharply pairs are told apart.
        margin: how much nearer pairs of one class should be.
        remove_diagonal: whether a sample's likeness to itself is left out.
    """

    targets: ClassVar[Targets] = "index"
    unit_per_class: ClassVar[bool] = False

    gamma: PositiveFloat = 80.0
    margin: FiniteFloat = 0.4
    remove_diagonal: bool = True
    name: str | None = "circle"
