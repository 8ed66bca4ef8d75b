from pydantic import Field

from layerctl.catalog.metrics._base import ClassAxis, Dtype, IgnoredClass, Name, NumClasses
from layerctl.catalog.metrics._overlap import Overlap


class MeanIoU(Overlap):
    """The overlap of targets and outputs over their union, mean of all classes; for segmentation."""

    num_classes: NumClasses
    name: Name = None
    dtype: Dtype = None
    ignore_class: IgnoredClass = None
    sparse_y_true: bool = Field(True, description="whether targets are class numbers, not one-hot.")
    sparse_y_pred: bool = Field(True, description="whether outputs are class numbers, not one value for each class.")
    axis: ClassAxis = -1
