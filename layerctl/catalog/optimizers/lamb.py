from __future__ import annotations

from layerctl.catalog import NonNegativeFloat
from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class Lamb(Optimizer):
    """LAMB: Adam whose step is scaled to the size of each layer's weights, for large batches (You et al. 2019).

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
