from __future__ import annotations

from math import prod

from layerctl.catalog import FiniteFloat, NonNegativeFloat, PositiveFloat
from layerctl.catalog.optimizers._base import LearningRate, Optimizer


class Adafactor(Optimizer):
    """Adafactor: second moments kept as row and column sums, for models with large matrices (Shazeer, Stern 2018).

    Args:
        learning_rate: the size of a step: a number, or a schedule.
        beta_2_decay: the exponent by which the decay of the second moment changes over time.
        epsilon_1: a small number that keeps a division finite.
        epsilon_2: the least relative step.
        clip_threshold: where the update itself is clipped.
        relative_step: whether a constant learning rate is lowered as training goes on.
    """

    learning_rate: LearningRate = 0.001
    beta_2_decay: FiniteFloat = -0.8
    epsilon_1: NonNegativeFloat = 1e-30
    epsilon_2: NonNegativeFloat = 1e-3
    clip_threshold: PositiveFloat = 1.0
    relative_step: bool = True

    @property
    def moments(self) -> int:
        """The whole second moment, which Keras keeps beside the sums."""
        return 1

    def kept(self, path: str, shape: tuple[int, ...]) -> int:
        """Besides, of matrices, the sums along the last axis and along the one before."""
        sums = prod(shape[:-1]) + prod((*shape[:-2], shape[-1])) if len(shape) > 1 else 0
        return super().kept(path, shape) + sums
