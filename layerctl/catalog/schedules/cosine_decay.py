from __future__ import annotations

from layerctl.catalog import NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, Rate
from layerctl.catalog.schedules._base import Schedule


class CosineDecay(Schedule):
    """The learning rate falls along half a cosine, after a linear warm-up if wanted (Loshchilov, Hutter 2016).

    Args:
        initial_learning_rate: where the learning rate begins.
        decay_steps: how many steps the fall takes.
        alpha: where it ends, as a fraction of where the fall begins.
        name: of the operation.
        warmup_target: where the warm-up ends; null for none.
        warmup_steps: how many steps the warm-up takes.
    """

    initial_learning_rate: NonNegativeFloat
    decay_steps: PositiveInt
    alpha: Rate = 0.0
    name: str = "CosineDecay"
    warmup_target: PositiveFloat | None = None
    warmup_steps: NonNegativeInt = 0
