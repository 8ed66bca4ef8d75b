from typing import Annotated

from annotated_types import Gt, Le
from pydantic import Field

from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class Lion(Optimizer):
    """Lion: steps of equal size, in the direction of the sign of the momentum (Chen et al. 2023)."""

    learning_rate: LearningRate = Field(0.001, description="the size of a step: a number, or a schedule.")
    beta_1: Annotated[float, Gt(0), Le(1)] = Field(0.9, description="the share of the momentum in a step.")
    beta_2: DecayRate = Field(0.99, description="the decay rate of the momentum.")

    @property
    def moments(self) -> int:
        return 1
