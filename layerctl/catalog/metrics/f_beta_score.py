from typing import Annotated, ClassVar, Literal

from annotated_types import Gt, Le
from pydantic import Field, PositiveFloat

from layerctl.catalog.metrics._base import Direction, Metric


class FBetaScore(Metric):
    """The mean of precision and recall, recall weighted by beta²."""

    direction: ClassVar[Direction] = "max"

    average: Literal["micro", "macro", "weighted"] | None = Field(
        None, description="how the classes become one figure; null for one each."
    )
    beta: PositiveFloat = Field(1.0, description="the weight of recall.")
    threshold: Annotated[float, Gt(0), Le(1)] | None = Field(
        None, description="from where an output counts as 1; the largest output by default."
    )
    name: str | None = Field("fbeta_score", description="what it is reported as.")
