from pydantic import Field, NonNegativeFloat

from layerctl.catalog.optimizers._base import DecayRate, LearningRate, Optimizer


class AdamW(Optimizer):
    """AdamW: Adam with weight decay decoupled from the gradient (Loshchilov, Hutter 2017)."""

    learning_rate: LearningRate = Field(0.001, description="the size of a step: a number, or a schedule.")
    weight_decay: NonNegativeFloat = Field(
        0.004, description="the part of each weight that every step subtracts, in units of the learning rate."
    )
    beta_1: DecayRate = Field(0.9, description="the decay rate of the mean of the gradients.")
    beta_2: DecayRate = Field(0.999, description="the decay rate of the mean of their squares.")
    epsilon: NonNegativeFloat = Field(1e-7, description="a small number, against division by zero.")
    amsgrad: bool = Field(False, description="whether steps use the largest second moment so far (AMSGrad).")

    @property
    def moments(self) -> int:
        return 2 + self.amsgrad
