from __future__ import annotations

from layerctl.catalog import NonNegativeFloat, NonNegativeInt
from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class ScheduleFreeAdamW(Optimizer):
    """Schedule-free AdamW: averages its weights instead of lowering the learning rate (Defazio et al. 2024).

    Args:
        learning_rate: the size of a step: a number, or a schedule.
        beta_1: how slowly the mean of the gradients decays.
        beta_2: how slowly the mean of their squares decays.
        epsilon: a small number that keeps a division finite.
        warmup_steps: over how many steps the learning rate rises from 0.
    """

    learning_rate: LearningRate = 0.0025
    beta_1: DecayRate = 0.9
    beta_2: DecayRate = 0.999
    epsilon: NonNegativeFloat = 1e-8
    warmup_steps: NonNegativeInt = 0
