from typing import Annotated, ClassVar, Literal

from annotated_types import Gt, Le
from pydantic import Field, PositiveFloat

from layerctl.catalog.metrics._base import ByClass, Direction


class FBetaScore(ByClass):
    """The harmonic mean of precision and recall, recall weighted by beta²."""

    direction: ClassVar[Direction] = "max"

    average: Literal["micro", "macro", "weighted"] | None = Field(
        None, description="how the classes are averaged; null returns one result for each."
    )
    beta: PositiveFloat = Field(1.0, description="the weight of recall.")
    threshold: Annotated[float, Gt(0), Le(1)] | None = Field(
        None, description="larger outputs count as 1; by default the largest one does."
    )
    name: str | None = Field("fbeta_score", description="the name in reports.")
