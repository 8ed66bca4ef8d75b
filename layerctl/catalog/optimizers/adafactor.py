from math import prod

from pydantic import Field, NonNegativeFloat, PositiveFloat

from layerctl.catalog.optimizers._base import LearningRate, Optimizer


class Adafactor(Optimizer):
    """Adafactor: second moments kept as row and column sums, for models with large matrices (Shazeer, Stern 2018)."""

    moments = 1  # the full second moment, which Keras keeps beside the sums

    learning_rate: LearningRate = 0.001
    beta_2_decay: float = Field(-0.8, description="the exponent by which the decay of the second moment changes over time.")
    epsilon_1: NonNegativeFloat = Field(1e-30, description="a small number, against division by zero.")
    epsilon_2: NonNegativeFloat = Field(1e-3, description="the smallest relative step.")
    clip_threshold: PositiveFloat = Field(1.0, description="the size above which the update itself is scaled down.")
    relative_step: bool = Field(True, description="whether a constant learning rate is lowered as training goes on.")

    def kept(self, path: str, shape: tuple[int, ...]) -> int:
        """Adds, for matrices, the sums along the last axis and along the last but one."""
        sums = prod(shape[:-1]) + prod((*shape[:-2], shape[-1])) if len(shape) > 1 else 0
        return super().kept(path, shape) + sums
