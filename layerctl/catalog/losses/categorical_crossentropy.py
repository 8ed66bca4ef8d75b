from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import Rate
from layerctl.catalog.losses._base import DISTRIBUTION, Loss


class CategoricalCrossentropy(Loss):
    """Cross-entropy of one class out of several, targets one-hot.

    Args:
        from_logits: whether the outputs are logits, to which softmax is still to be applied.
        label_smoothing: how much of each target is spread over all classes.
        axis: the axis of the classes.
    """

    wants: ClassVar[frozenset[str]] = DISTRIBUTION

    from_logits: bool = False
    label_smoothing: Rate = 0.0
    axis: int = -1
    name: str | None = "categorical_crossentropy"
