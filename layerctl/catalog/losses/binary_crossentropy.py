from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import Rate
from layerctl.catalog.losses._base import PROBABILITIES, Loss, OneUnit


class BinaryCrossentropy(Loss):
    """Cross-entropy of yes-or-no targets, one output each.

    Args:
        from_logits: whether the outputs are logits, to which a sigmoid is still to be applied.
        label_smoothing: how far targets are moved towards 0.5.
        axis: the axis over which the mean is taken.
    """

    wants: ClassVar[frozenset[str]] = PROBABILITIES
    one_unit: ClassVar[OneUnit] = "binary"

    from_logits: bool = False
    label_smoothing: Rate = 0.0
    axis: int = -1
    name: str | None = "binary_crossentropy"
