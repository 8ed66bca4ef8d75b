from typing import Annotated

from annotated_types import Gt, Lt
from pydantic import Field

from layerctl.catalog.losses._base import DISTRIBUTION, Loss, Name


class CategoricalGeneralizedCrossEntropy(Loss):
    """(1 - pᵠ) / q: more robust to wrong labels than cross-entropy; targets as class numbers (Zhang, Sabuncu 2018)."""

    targets = "index"
    wants = DISTRIBUTION

    q: Annotated[float, Gt(0), Lt(1)] = Field(
        0.5, description="near 0 the loss is like cross-entropy, near 1 like the mean absolute error."
    )
    name: Name = "categorical_generalized_cross_entropy"
