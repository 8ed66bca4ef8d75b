from pydantic import Field, model_validator

from layerctl.catalog.metrics._base import ClassAxis, ClassNumbers, Dtype, IgnoredClass, Name, NumClasses
from layerctl.catalog.metrics._overlap import Overlap, targets_are_classes


class OneHotIoU(Overlap):
    """IoU of some classes, targets one-hot."""

    num_classes: NumClasses
    target_class_ids: ClassNumbers
    name: Name = None
    dtype: Dtype = None
    ignore_class: IgnoredClass = None
    sparse_y_pred: bool = Field(False, description="whether outputs are class numbers, not one value for each class.")
    axis: ClassAxis = -1

    _targets_are_classes = model_validator(mode="after")(targets_are_classes)
