from typing import Annotated

from annotated_types import Gt, Le
from pydantic import Field

from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class Lion(Optimizer):
    """Lion: steps of equal size, in the direction of the sign of the momentum (Chen et al. 2023)."""

    moments = 1

    learning_rate: LearningRate = 0.001
    beta_1: Annotated[float, Gt(0), Le(1)] = Field(0.9, description="the share of the momentum in a step.")
    beta_2: DecayRate = Field(0.99, description="the decay rate of the momentum.")
