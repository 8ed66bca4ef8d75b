from __future__ import annotations

from layerctl.catalog import NonNegativeFloat
from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class Adam(Optimizer):
    """Adam: momentum, and a step size for each weight from the spread of its gradients (Kingma, Ba 2014).

    Args:
        learning_rate: the size of a step: a number, or a schedule.
        beta_1: how slowly the mean of the gradients decays.
        beta_2: how slowly the mean of their squares decays.
        epsilon: a small number that keeps a division finite.
        amsgrad: whether steps use the largest second moment so far (AMSGrad).
    """

    learning_rate: LearningRate = 0.001
    beta_1: DecayRate = 0.9
    beta_2: DecayRate = 0.999
    epsilon: NonNegativeFloat = 1e-7
    amsgrad: bool = False

    @property
    def moments(self) -> int:
        return 2 + self.amsgrad
