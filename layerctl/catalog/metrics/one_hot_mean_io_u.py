from pydantic import Field

from layerctl.catalog.metrics._base import ClassAxis, Dtype, IgnoredClass, Name, NumClasses
from layerctl.catalog.metrics._overlap import Overlap


class OneHotMeanIoU(Overlap):
    """IoU, mean of all classes, targets one-hot."""

    num_classes: NumClasses
    name: Name = None
    dtype: Dtype = None
    ignore_class: IgnoredClass = None
    sparse_y_pred: bool = Field(False, description="whether outputs are class numbers, not one value for each class.")
    axis: ClassAxis = -1
