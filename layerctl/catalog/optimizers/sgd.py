from __future__ import annotations

from layerctl.catalog import Rate
from layerctl.catalog.optimizers._base import LearningRate, Optimizer


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if wanted.

    Args:
        learning_rate: the size of a step: a number, or a schedule.
        momentum: the part of the last step that is added to this one.
        nesterov: whether the momentum looks one step ahead.
    """

    learning_rate: LearningRate = 0.01
    momentum: Rate = 0.0
    nesterov: bool = False

    @property
    def moments(self) -> int:
        return int(self.momentum != 0)
