from typing import Self

from pydantic import Field, model_validator

from layerctl.catalog import ArgumentError
from layerctl.catalog.metrics._base import ClassAxis, ClassNumbers, Dtype, IgnoredClass, Name, NumClasses
from layerctl.catalog.metrics._overlap import Overlap


class IoU(Overlap):
    """The overlap of targets and outputs over their union, for some classes; for segmentation."""

    num_classes: NumClasses
    target_class_ids: ClassNumbers
    name: Name = None
    dtype: Dtype = None
    ignore_class: IgnoredClass = None
    sparse_y_true: bool = Field(True, description="whether targets are class numbers, not one-hot.")
    sparse_y_pred: bool = Field(True, description="whether outputs are class numbers, not one value for each class.")
    axis: ClassAxis = -1

    @model_validator(mode="after")
    def _targets_are_classes(self) -> Self:
        if max(self.target_class_ids, default=0) >= self.num_classes:
            message = f"`target_class_ids` go from 0 to {self.num_classes - 1}, got {max(self.target_class_ids)}"
            raise ArgumentError("target_class_ids", message, "count classes from 0, or raise `num_classes`")
        return self
