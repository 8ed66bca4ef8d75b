from __future__ import annotations

from typing import Annotated

from layerctl.base.model import Bound
from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class Lion(Optimizer):
    """Lion: steps of one size, by the sign of the momentum (Chen et al. 2023).

    Args:
        learning_rate: the size of a step: a number, or a schedule.
        beta_1: how much of the momentum enters a step.
        beta_2: how slowly the momentum decays.
    """

    learning_rate: LearningRate = 0.001
    beta_1: Annotated[float, Bound(gt=0, le=1)] = 0.9
    beta_2: DecayRate = 0.99

    @property
    def moments(self) -> int:
        return 1
