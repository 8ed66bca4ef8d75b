from __future__ import annotations

from layerctl.catalog import NonNegativeFloat
from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class Nadam(Optimizer):
    """Nadam: Adam with Nesterov momentum (Dozat 2015).

    Args:
        learning_rate: the size of a step: a number, or a schedule.
        beta_1: how slowly the mean of the gradients decays.
        beta_2: how slowly the mean of their squares decays.
        epsilon: a small number that keeps a division finite.
    """

    learning_rate: LearningRate = 0.001
    beta_1: DecayRate = 0.9
    beta_2: DecayRate = 0.999
    epsilon: NonNegativeFloat = 1e-7
