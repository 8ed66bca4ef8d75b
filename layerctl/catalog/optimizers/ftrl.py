from typing import Annotated

from annotated_types import Le
from pydantic import Field, NonNegativeFloat

from layerctl.catalog.optimizers._base import LearningRate, Optimizer


class Ftrl(Optimizer):
    """FTRL-proximal: sparse weights for wide, shallow models (McMahan et al. 2013)."""

    learning_rate: LearningRate = 0.001
    learning_rate_power: Annotated[float, Le(0)] = Field(
        -0.5, description="the exponent by which the learning rate falls over time; 0 keeps it."
    )
    initial_accumulator_value: NonNegativeFloat = Field(0.1, description="the initial value of the sums of squared gradients.")
    l1_regularization_strength: NonNegativeFloat = Field(0.0, description="a penalty on the sizes of the weights.")
    l2_regularization_strength: NonNegativeFloat = Field(0.0, description="a penalty on their squares.")
    l2_shrinkage_regularization_strength: NonNegativeFloat = Field(
        0.0, description="a penalty on the squares of the active weights only."
    )
    beta: NonNegativeFloat = Field(0.0, description="the paper's beta.")
