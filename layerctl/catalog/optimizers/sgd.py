from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.optimizers._base import LearningRate, Optimizer


class SGD(Optimizer):
    """Stochastic gradient descent, optionally with momentum."""

    learning_rate: LearningRate = 0.01
    momentum: Rate = Field(0.0, description="the share of the last step that is added to this one.")
    nesterov: bool = Field(False, description="whether the momentum looks one step ahead.")

    @property
    def moments(self) -> int:  # type: ignore[override]  # depends on the arguments
        return int(self.momentum != 0)
