from __future__ import annotations

from typing import Annotated, ClassVar

from layerctl.base.model import Bound
from layerctl.catalog.losses._base import DISTRIBUTION, Loss, Targets


class CategoricalGeneralizedCrossEntropy(Loss):
    """(1 - pᵠ) / q: less moved by wrong labels than cross-entropy; targets as class numbers (Zhang, Sabuncu 2018).

    Args:
        q: near 0 like cross-entropy, near 1 like the mean absolute error.
    """

    targets: ClassVar[Targets] = "index"
    wants: ClassVar[frozenset[str]] = DISTRIBUTION

    q: Annotated[float, Bound(gt=0, lt=1)] = 0.5
    name: str | None = "categorical_generalized_cross_entropy"
