from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from layerctl.base.model import Bound, model_validator
from layerctl.catalog import ArgumentError, NonNegativeFloat, PositiveInt, Rate
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric


class AUC(Metric):
    """The area under the ROC or the precision-recall curve.

    Args:
        num_thresholds: how many thresholds approximate the curve.
        curve: `ROC` or `PR`.
        summation_method: how the area is summed.
        name: what it is reported as.
        dtype: of the computation.
        thresholds: the thresholds themselves, in place of `num_thresholds`.
        multi_label: whether each output has a curve of its own.
        num_labels: the number of outputs, with `multi_label`.
        label_weights: a weight for each output, with `multi_label`.
        from_logits: whether the outputs are logits.
    """

    direction: ClassVar[Direction] = "max"

    num_thresholds: Annotated[int, Bound(ge=2)] = 200
    curve: Literal["ROC", "PR"] = "ROC"
    summation_method: Literal["interpolation", "minoring", "majoring"] = "interpolation"
    name: str | None = None
    dtype: DtypePolicy | None = None
    thresholds: tuple[Rate, ...] | None = None
    multi_label: bool = False
    num_labels: PositiveInt | None = None
    label_weights: tuple[NonNegativeFloat, ...] | None = None
    from_logits: bool = False

    @model_validator(mode="after")
    def _labels_are_counted_of_several(self) -> Self:
        if self.num_labels is not None and not self.multi_label:
            raise ArgumentError(
                "num_labels", "`num_labels` goes with `multi_label: true`", "set `multi_label: true`, or remove it"
            )
        return self
