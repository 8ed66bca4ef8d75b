from typing import Literal

from pydantic import Field, NonNegativeInt

from layerctl.base.shapes import Shape
from layerctl.catalog import Unfit
from layerctl.catalog.metrics._base import ByClass, Name


class R2Score(ByClass):
    """The share of the targets' variance that the outputs explain: 1 is perfect, 0 no better than the mean."""

    by = "class_aggregation"
    averaged = "uniform_average"

    class_aggregation: Literal["uniform_average", "variance_weighted_average"] | None = Field(
        "uniform_average", description="how the results of several outputs are averaged; null returns one for each output."
    )
    num_regressors: NonNegativeInt = Field(
        0, description="the number of regressors, for the adjusted score; 0 for the plain one."
    )
    name: Name = "r2_score"

    def unfit(self, shape: Shape) -> Unfit | None:
        """Keras decides in Python whether there are enough samples for the adjustment, which a compiled training step cannot."""
        if self.num_regressors:
            return Unfit("is not adjusted to regressors while a model trains", "remove `num_regressors`", "num_regressors")
        return super().unfit(shape)
