from __future__ import annotations

from layerctl.catalog import NonNegativeFloat, PositiveFloat, PositiveInt
from layerctl.catalog.schedules._base import Schedule


class PolynomialDecay(Schedule):
    """The learning rate falls to an end value along a polynomial; a straight line by default.

    Args:
        initial_learning_rate: where the learning rate begins.
        decay_steps: how many steps that takes.
        end_learning_rate: where it ends.
        power: of the polynomial.
        cycle: whether it starts again from above after the end.
        name: of the operation.
    """

    initial_learning_rate: PositiveFloat
    decay_steps: PositiveInt
    end_learning_rate: NonNegativeFloat = 0.0001
    power: PositiveFloat = 1.0
    cycle: bool = False
    name: str = "PolynomialDecay"
