from __future__ import annotations

from layerctl.catalog import NonNegativeFloat
from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class Adadelta(Optimizer):
    """Adadelta: step sizes from a window of past gradients; the paper's form has a learning rate of 1 (Zeiler 2012).

    Args:
        learning_rate: the size of a step: a number, or a schedule.
        rho: how slowly the window forgets.
        epsilon: a small number that keeps a division finite.
    """

    learning_rate: LearningRate = 0.001
    rho: DecayRate = 0.95
    epsilon: NonNegativeFloat = 1e-7
