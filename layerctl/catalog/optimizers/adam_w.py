from pydantic import Field, NonNegativeFloat

from layerctl.catalog.optimizers._base import LearningRate
from layerctl.catalog.optimizers.adam import Adam


class AdamW(Adam):
    """AdamW: Adam with weight decay decoupled from the gradient (Loshchilov, Hutter 2017)."""

    learning_rate: LearningRate = 0.001
    weight_decay: NonNegativeFloat = Field(
        0.004, description="the part of each weight that every step subtracts, in units of the learning rate."
    )
