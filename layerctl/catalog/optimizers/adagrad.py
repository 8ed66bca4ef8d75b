from pydantic import Field, NonNegativeFloat

from layerctl.catalog.optimizers._base import Epsilon, LearningRate, Optimizer


class Adagrad(Optimizer):
    """Adagrad: smaller steps for weights that have had large gradients (Duchi et al. 2011)."""

    moments = 1

    learning_rate: LearningRate = 0.001
    initial_accumulator_value: NonNegativeFloat = Field(0.1, description="the initial value of the sums of squared gradients.")
    epsilon: Epsilon = 1e-7
