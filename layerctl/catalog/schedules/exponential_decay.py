from __future__ import annotations

from layerctl.catalog import PositiveFloat, PositiveInt
from layerctl.catalog.schedules._base import Schedule


class ExponentialDecay(Schedule):
    """The learning rate is multiplied by `decay_rate` every `decay_steps` steps: initial × rate^(step / steps).

    Args:
        initial_learning_rate: where the learning rate begins.
        decay_steps: over how many steps it falls by one factor.
        decay_rate: that factor.
        staircase: whether it falls in jumps.
        name: of the operation.
    """

    initial_learning_rate: PositiveFloat
    decay_steps: PositiveInt
    decay_rate: PositiveFloat
    staircase: bool = False
    name: str = "ExponentialDecay"
