from __future__ import annotations

from typing import Annotated

from layerctl.base.model import Bound, Finite
from layerctl.catalog import NonNegativeFloat
from layerctl.catalog.optimizers._base import LearningRate, Optimizer


class Ftrl(Optimizer):
    """FTRL-proximal: sparse weights for wide, shallow models (McMahan et al. 2013).

    Args:
        learning_rate: the size of a step: a number, or a schedule.
        learning_rate_power: how the learning rate falls over time; 0 keeps it.
        initial_accumulator_value: where the sums of squares begin.
        l1_regularization_strength: a penalty on the sizes of the weights.
        l2_regularization_strength: a penalty on their squares.
        l2_shrinkage_regularization_strength: a penalty on the squares of the active weights only.
        beta: the paper's beta.
    """

    learning_rate: LearningRate = 0.001
    learning_rate_power: Annotated[float, Finite, Bound(le=0)] = -0.5
    initial_accumulator_value: NonNegativeFloat = 0.1
    l1_regularization_strength: NonNegativeFloat = 0.0
    l2_regularization_strength: NonNegativeFloat = 0.0
    l2_shrinkage_regularization_strength: NonNegativeFloat = 0.0
    beta: NonNegativeFloat = 0.0
