from typing import Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.catalog import ArgumentError
from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import ClassNumbers
from layerctl.catalog.metrics._overlap import Overlap


class IoU(Overlap):
    """The overlap of targets and outputs over their union, for some classes; for segmentation."""

    num_classes: PositiveInt = Field(description="the number of classes.")
    target_class_ids: ClassNumbers = Field(description="the classes over which the mean is computed.")
    name: str | None = Field(None, description="the name in reports.")
    dtype: DtypePolicy | None = Field(None, description="the dtype of the computation.")
    ignore_class: int | None = Field(None, description="a class number; samples of this class do not count.")
    sparse_y_true: bool = Field(True, description="whether targets are class numbers, not one-hot.")
    sparse_y_pred: bool = Field(True, description="whether outputs are class numbers, not one value for each class.")
    axis: int = Field(-1, description="the axis of the classes.")

    @model_validator(mode="after")
    def _targets_are_classes(self) -> Self:
        if max(self.target_class_ids, default=0) >= self.num_classes:
            message = f"`target_class_ids` go from 0 to {self.num_classes - 1}, got {max(self.target_class_ids)}"
            raise ArgumentError("target_class_ids", message, "count classes from 0, or raise `num_classes`")
        return self
