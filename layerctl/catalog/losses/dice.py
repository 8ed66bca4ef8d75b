from pydantic import Field

from layerctl.catalog.losses._base import Loss, Name, Reduction


class Dice(Loss):
    """1 minus the Dice overlap of target and output; for segmentation."""

    one_unit = "binary"

    reduction: Reduction = Field("sum_over_batch_size", description="how the losses of a batch become one number.")
    name: Name = "dice"
    axis: int | tuple[int, ...] | None = Field(None, description="the axes over which the overlap is computed; all by default.")
