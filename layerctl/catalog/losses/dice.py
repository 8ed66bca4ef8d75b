from __future__ import annotations

from typing import ClassVar

from layerctl.catalog.losses._base import Loss, OneUnit, Reduction


class Dice(Loss):
    """1 minus the Dice overlap of target and output; for segmentation.

    Args:
        reduction: how the losses of a batch become one number.
        name: the loss's name.
        axis: the axes over which the overlap is taken; all by default.
    """

    one_unit: ClassVar[OneUnit] = "binary"

    reduction: Reduction = "sum_over_batch_size"
    name: str | None = "dice"
    axis: int | tuple[int, ...] | None = None
