from pydantic import Field, NonNegativeFloat, NonNegativeInt

from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class ScheduleFreeAdamW(Optimizer):
    """Schedule-free AdamW: averages its weights instead of lowering the learning rate (Defazio et al. 2024)."""

    learning_rate: LearningRate = Field(0.0025, description="the size of a step: a number, or a schedule.")
    beta_1: DecayRate = Field(0.9, description="the decay rate of the mean of the gradients.")
    beta_2: DecayRate = Field(0.999, description="the decay rate of the mean of their squares.")
    epsilon: NonNegativeFloat = Field(1e-8, description="a small number, against division by zero.")
    warmup_steps: NonNegativeInt = Field(0, description="the number of steps over which the learning rate rises from 0.")
