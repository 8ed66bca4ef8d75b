from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.optimizers._base import DecayRate, Epsilon, LearningRate, Optimizer


class RMSprop(Optimizer):
    """RMSprop: gradients divided by the root of their running mean square (Hinton 2012)."""

    learning_rate: LearningRate = 0.001
    rho: DecayRate = Field(0.9, description="the decay rate of the mean of the squares.")
    momentum: Rate = Field(0.0, description="the share of the last step that is added to this one.")
    epsilon: Epsilon = 1e-7
    centered: bool = Field(False, description="whether the variance is used in place of the mean square.")

    @property
    def moments(self) -> int:  # type: ignore[override]  # depends on the arguments
        return 1 + (self.momentum > 0) + self.centered
