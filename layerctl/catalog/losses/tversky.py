from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import NonNegativeFloat
from layerctl.catalog.losses._base import Loss, OneUnit, Reduction


class Tversky(Loss):
    """Dice with separate weights of false positives and false negatives; for segmentation (Salehi et al. 2017).

    Args:
        alpha: the weight of false positives.
        beta: the weight of false negatives.
        reduction: how the losses of a batch become one number.
        name: the loss's name.
        axis: the axes over which the overlap is taken; all by default.
    """

    one_unit: ClassVar[OneUnit] = "binary"

    alpha: NonNegativeFloat = 0.5
    beta: NonNegativeFloat = 0.5
    reduction: Reduction = "sum_over_batch_size"
    name: str | None = "tversky"
    axis: int | tuple[int, ...] | None = None
