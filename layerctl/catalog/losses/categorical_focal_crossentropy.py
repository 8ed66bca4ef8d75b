from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import NonNegativeFloat, Rate
from layerctl.catalog.losses._base import DISTRIBUTION, Loss


class CategoricalFocalCrossentropy(Loss):
    """Categorical cross-entropy in which easy samples count less (Lin et al. 2017).

    Args:
        alpha: the weight of the classes: a number, or one for each.
        gamma: how much less easy samples count; 0 is plain cross-entropy.
        from_logits: whether the outputs are logits, to which softmax is still to be applied.
        label_smoothing: how much of each target is spread over all classes.
        axis: the axis of the classes.
    """

    wants: ClassVar[frozenset[str]] = DISTRIBUTION

    alpha: NonNegativeFloat | tuple[NonNegativeFloat, ...] = 0.25
    gamma: NonNegativeFloat = 2.0
    from_logits: bool = False
    label_smoothing: Rate = 0.0
    axis: int = -1
    name: str | None = "categorical_focal_crossentropy"
