from typing import ClassVar

from pydantic import Field, NonNegativeFloat

from layerctl.catalog.optimizers._base import LearningRate, Optimizer


class Adagrad(Optimizer):
    """Adagrad: smaller steps for weights that have had large gradients (Duchi et al. 2011)."""

    deadly_rate: ClassVar[float] = 10.0

    learning_rate: LearningRate = Field(0.001, description="the size of a step: a number, or a schedule.")
    initial_accumulator_value: NonNegativeFloat = Field(0.1, description="the initial value of the sums of squared gradients.")
    epsilon: NonNegativeFloat = Field(1e-7, description="a small number, against division by zero.")

    @property
    def moments(self) -> int:
        return 1
