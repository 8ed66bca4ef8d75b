from typing import ClassVar

from pydantic import Field, PositiveInt

from layerctl.catalog.layers._base import DtypePolicy
from layerctl.catalog.metrics._base import Direction, Metric, Targets


class MeanIoU(Metric):
    """The overlap of targets and outputs over their union, mean of all classes; for segmentation."""

    direction: ClassVar[Direction] = "max"

    num_classes: PositiveInt = Field(description="the number of classes.")
    name: str | None = Field(None, description="the name in reports.")
    dtype: DtypePolicy | None = Field(None, description="the dtype of the computation.")
    ignore_class: int | None = Field(None, description="a class number; samples of this class do not count.")
    sparse_y_true: bool = Field(True, description="whether targets are class numbers, not one-hot.")
    sparse_y_pred: bool = Field(True, description="whether outputs are class numbers, not one value for each class.")
    axis: int = Field(-1, description="the axis of the classes.")

    def expects(self) -> Targets:
        return "index" if self.sparse_y_true and not self.sparse_y_pred else "dense"
