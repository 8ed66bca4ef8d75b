from pydantic import Field, NonNegativeFloat

from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class Nadam(Optimizer):
    """Nadam: Adam with Nesterov momentum (Dozat 2015)."""

    learning_rate: LearningRate = Field(0.001, description="the size of a step: a number, or a schedule.")
    beta_1: DecayRate = Field(0.9, description="the decay rate of the mean of the gradients.")
    beta_2: DecayRate = Field(0.999, description="the decay rate of the mean of their squares.")
    epsilon: NonNegativeFloat = Field(1e-7, description="a small number, against division by zero.")
