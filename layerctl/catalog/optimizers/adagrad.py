from __future__ import annotations

from layerctl.catalog import NonNegativeFloat
from layerctl.catalog.optimizers._base import LearningRate, Optimizer


class Adagrad(Optimizer):
    """Adagrad: smaller steps for weights that have moved often (Duchi et al. 2011).

    Args:
        learning_rate: the size of a step: a number, or a schedule.
        initial_accumulator_value: where the sums of squares begin.
        epsilon: a small number that keeps a division finite.
    """

    learning_rate: LearningRate = 0.001
    initial_accumulator_value: NonNegativeFloat = 0.1
    epsilon: NonNegativeFloat = 1e-7

    @property
    def moments(self) -> int:
        return 1
