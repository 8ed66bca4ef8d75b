from __future__ import annotations

from layerctl.catalog import PositiveFloat, PositiveInt
from layerctl.catalog.schedules._base import Schedule


class InverseTimeDecay(Schedule):
    """The learning rate falls as initial / (1 + rate × step / steps).

    Args:
        initial_learning_rate: where the learning rate begins.
        decay_steps: the unit of time, in steps.
        decay_rate: how fast it falls.
        staircase: whether it falls in jumps.
        name: of the operation.
    """

    initial_learning_rate: PositiveFloat
    decay_steps: PositiveInt
    decay_rate: PositiveFloat
    staircase: bool = False
    name: str = "InverseTimeDecay"
