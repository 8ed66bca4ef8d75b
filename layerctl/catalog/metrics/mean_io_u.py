from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import PositiveInt
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric, Targets


class MeanIoU(Metric):
    """The overlap of targets and outputs over their union, mean of all classes; for segmentation.

    Args:
        num_classes: the number of classes.
        name: what it is reported as.
        dtype: of the computation.
        ignore_class: a class number that does not count.
        sparse_y_true: whether targets are class numbers, not one-hot.
        sparse_y_pred: whether outputs are class numbers, not one value for each class.
        axis: the axis of the classes.
    """

    direction: ClassVar[Direction] = "max"

    num_classes: PositiveInt
    name: str | None = None
    dtype: DtypePolicy | None = None
    ignore_class: int | None = None
    sparse_y_true: bool = True
    sparse_y_pred: bool = True
    axis: int = -1

    def expects(self) -> Targets:
        return "index" if self.sparse_y_true and not self.sparse_y_pred else "dense"
