from typing import Literal

from pydantic import Field, NonNegativeInt

from layerctl.catalog.metrics._base import Name, Score


class R2Score(Score):
    """The share of the targets' variance that the outputs explain: 1 is perfect, 0 no better than the mean."""

    class_aggregation: Literal["uniform_average", "variance_weighted_average"] | None = Field(
        "uniform_average", description="how the results of several outputs are averaged; null returns one for each output."
    )
    num_regressors: NonNegativeInt = Field(
        0, description="the number of regressors, for the adjusted score; 0 for the plain one."
    )
    name: Name = "r2_score"
