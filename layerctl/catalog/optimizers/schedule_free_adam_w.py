from pydantic import Field, NonNegativeInt

from layerctl.catalog.optimizers._base import Beta1, Beta2, Epsilon, LearningRate, Optimizer


class ScheduleFreeAdamW(Optimizer):
    """Schedule-free AdamW: averages its weights instead of lowering the learning rate (Defazio et al. 2024)."""

    learning_rate: LearningRate = 0.0025
    beta_1: Beta1 = 0.9
    beta_2: Beta2 = 0.999
    epsilon: Epsilon = 1e-8
    warmup_steps: NonNegativeInt = Field(0, description="the number of steps over which the learning rate rises from 0.")
