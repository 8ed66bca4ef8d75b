from __future__ import annotations

from layerctl.catalog import NonNegativeFloat, Rate
from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class RMSprop(Optimizer):
    """RMSprop: gradients over the root of the mean of their squares (Hinton 2012).

    Args:
        learning_rate: the size of a step: a number, or a schedule.
        rho: how slowly the mean of the squares decays.
        momentum: the part of the last step that is added to this one.
        epsilon: a small number that keeps a division finite.
        centered: whether the variance is used in place of the mean square.
    """

    learning_rate: LearningRate = 0.001
    rho: DecayRate = 0.9
    momentum: Rate = 0.0
    epsilon: NonNegativeFloat = 1e-7
    centered: bool = False

    @property
    def moments(self) -> int:
        return 1 + (self.momentum > 0) + self.centered
