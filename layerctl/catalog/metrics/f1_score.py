from typing import Annotated, ClassVar, Literal

from annotated_types import Gt, Le
from pydantic import Field

from layerctl.catalog.metrics._base import ByClass, Direction


class F1Score(ByClass):
    """The harmonic mean of precision and recall."""

    direction: ClassVar[Direction] = "max"

    average: Literal["micro", "macro", "weighted"] | None = Field(
        None, description="how the classes are averaged; null returns one result for each."
    )
    threshold: Annotated[float, Gt(0), Le(1)] | None = Field(
        None, description="larger outputs count as 1; by default the largest one does."
    )
    name: str | None = Field("f1_score", description="the name in reports.")
