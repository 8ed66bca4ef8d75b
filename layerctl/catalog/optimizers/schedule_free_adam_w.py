from pydantic import Field, NonNegativeFloat, NonNegativeInt

from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class ScheduleFreeAdamW(Optimizer):
    """Schedule-free AdamW: averages its weights instead of lowering the learning rate (Defazio et al. 2024)."""

    learning_rate: LearningRate = Field(0.0025, description="the size of a step: a number, or a schedule.")
    beta_1: DecayRate = Field(0.9, description="how slowly the mean of the gradients decays.")
    beta_2: DecayRate = Field(0.999, description="how slowly the mean of their squares decays.")
    epsilon: NonNegativeFloat = Field(1e-8, description="a small number that keeps a division finite.")
    warmup_steps: NonNegativeInt = Field(0, description="over how many steps the learning rate rises from 0.")
