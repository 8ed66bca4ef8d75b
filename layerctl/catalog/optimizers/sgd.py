from typing import ClassVar

from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.optimizers._base import LearningRate, Optimizer


class SGD(Optimizer):
    """Stochastic gradient descent, optionally with momentum."""

    deadly_rate: ClassVar[float] = 10.0

    learning_rate: LearningRate = Field(0.01, description="the size of a step: a number, or a schedule.")
    momentum: Rate = Field(0.0, description="the share of the last step that is added to this one.")
    nesterov: bool = Field(False, description="whether the momentum looks one step ahead.")

    @property
    def moments(self) -> int:
        return int(self.momentum != 0)
