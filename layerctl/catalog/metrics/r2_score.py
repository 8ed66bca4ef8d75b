from typing import ClassVar, Literal

from pydantic import Field, NonNegativeInt

from layerctl.catalog.metrics._base import ByClass, Direction


class R2Score(ByClass):
    """The share of the targets' variance that the outputs explain: 1 is perfect, 0 no better than the mean."""

    direction: ClassVar[Direction] = "max"
    by: ClassVar[str] = "class_aggregation"
    averaged: ClassVar[str] = "uniform_average"

    class_aggregation: Literal["uniform_average", "variance_weighted_average"] | None = Field(
        "uniform_average", description="how the results of several outputs are averaged; null returns one for each output."
    )
    num_regressors: NonNegativeInt = Field(
        0, description="the number of regressors, for the adjusted score; 0 for the plain one."
    )
    name: str | None = Field("r2_score", description="the name in reports.")
