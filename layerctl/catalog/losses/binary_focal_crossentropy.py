from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import NonNegativeFloat, Rate
from layerctl.catalog.losses._base import PROBABILITIES, Loss, OneUnit


class BinaryFocalCrossentropy(Loss):
    """Binary cross-entropy in which easy samples count less (Lin et al. 2017).

    Args:
        apply_class_balancing: whether the two classes are weighted by `alpha`.
        alpha: the weight of class 1.
        gamma: how much less easy samples count; 0 is plain cross-entropy.
        from_logits: whether the outputs are logits, to which a sigmoid is still to be applied.
        label_smoothing: how far targets are moved towards 0.5.
        axis: the axis over which the mean is taken.
    """

    wants: ClassVar[frozenset[str]] = PROBABILITIES
    one_unit: ClassVar[OneUnit] = "binary"

    apply_class_balancing: bool = False
    alpha: Rate = 0.25
    gamma: NonNegativeFloat = 2.0
    from_logits: bool = False
    label_smoothing: Rate = 0.0
    axis: int = -1
    name: str | None = "binary_focal_crossentropy"
