from pydantic import Field, PositiveInt

from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._overlap import Overlap


class OneHotMeanIoU(Overlap):
    """IoU, mean of all classes, targets one-hot."""

    num_classes: PositiveInt = Field(description="the number of classes.")
    name: str | None = Field(None, description="the name in reports.")
    dtype: DtypePolicy | None = Field(None, description="the dtype of the computation.")
    ignore_class: int | None = Field(None, description="a class number; samples of this class do not count.")
    sparse_y_pred: bool = Field(False, description="whether outputs are class numbers, not one value for each class.")
    axis: int = Field(-1, description="the axis of the classes.")
