from pydantic import Field, NonNegativeFloat

from layerctl.catalog.losses._base import Loss, Name, Reduction


class Tversky(Loss):
    """Dice with separate weights of false positives and false negatives; for segmentation (Salehi et al. 2017)."""

    one_unit = "binary"

    alpha: NonNegativeFloat = Field(0.5, description="the weight of false positives.")
    beta: NonNegativeFloat = Field(0.5, description="the weight of false negatives.")
    reduction: Reduction = Field("sum_over_batch_size", description="how the losses of a batch become one number.")
    name: Name = "tversky"
    axis: int | tuple[int, ...] | None = Field(None, description="the axes over which the overlap is computed; all by default.")
