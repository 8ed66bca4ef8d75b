from pydantic import Field, NonNegativeFloat

from layerctl.catalog import Rate
from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class RMSprop(Optimizer):
    """RMSprop: gradients divided by the root of their running mean square (Hinton 2012)."""

    learning_rate: LearningRate = Field(0.001, description="the size of a step: a number, or a schedule.")
    rho: DecayRate = Field(0.9, description="the decay rate of the mean of the squares.")
    momentum: Rate = Field(0.0, description="the share of the last step that is added to this one.")
    epsilon: NonNegativeFloat = Field(1e-7, description="a small number, against division by zero.")
    centered: bool = Field(False, description="whether the variance is used in place of the mean square.")

    @property
    def moments(self) -> int:
        return 1 + (self.momentum > 0) + self.centered
