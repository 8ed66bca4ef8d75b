from typing import ClassVar

from pydantic import Field, NonNegativeFloat

from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class Adadelta(Optimizer):
    """Adadelta: step sizes from running averages of past gradients; the paper's form has a learning rate of 1 (Zeiler 2012)."""

    deadly_rate: ClassVar[float] = 10.0

    learning_rate: LearningRate = Field(0.001, description="the size of a step: a number, or a schedule.")
    rho: DecayRate = Field(0.95, description="the decay rate of the running averages.")
    epsilon: NonNegativeFloat = Field(1e-7, description="a small number, against division by zero.")
