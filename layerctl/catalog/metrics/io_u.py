from __future__ import annotations

from typing import ClassVar, Self

from layerctl.base.model import model_validator
from layerctl.catalog import ArgumentError, PositiveInt
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import ClassNumbers, Direction, Metric, Targets


class IoU(Metric):
    """The overlap of targets and outputs over their union, for some classes; for segmentation.

    Args:
        num_classes: the number of classes.
        target_class_ids: the classes whose mean is reported.
        name: what it is reported as.
        dtype: of the computation.
        ignore_class: a class number that does not count.
        sparse_y_true: whether targets are class numbers, not one-hot.
        sparse_y_pred: whether outputs are class numbers, not one value for each class.
        axis: the axis of the classes.
    """

    direction: ClassVar[Direction] = "max"

    num_classes: PositiveInt
    target_class_ids: ClassNumbers
    name: str | None = None
    dtype: DtypePolicy | None = None
    ignore_class: int | None = None
    sparse_y_true: bool = True
    sparse_y_pred: bool = True
    axis: int = -1

    @model_validator(mode="after")
    def _targets_are_classes(self) -> Self:
        if max(self.target_class_ids, default=0) >= self.num_classes:
            message = f"`target_class_ids` go from 0 to {self.num_classes - 1}, got {max(self.target_class_ids)}"
            raise ArgumentError("target_class_ids", message, "count classes from 0, or raise `num_classes`")
        return self

    def expects(self) -> Targets:
        return "index" if self.sparse_y_true and not self.sparse_y_pred else "dense"
