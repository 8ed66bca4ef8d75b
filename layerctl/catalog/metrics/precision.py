from typing import ClassVar

from pydantic import Field, NonNegativeInt, PositiveInt

from layerctl.catalog.metrics._base import Direction, Metric, Thresholds


class Precision(Metric):
    """Of what was taken for 1, the part that is."""

    direction: ClassVar[Direction] = "max"

    thresholds: Thresholds = Field(
        None, description="from where an output counts as 1: one number, or several for a figure each; 0.5 by default."
    )
    top_k: PositiveInt | None = Field(None, description="only the k largest outputs count as 1.")
    class_id: NonNegativeInt | None = Field(None, description="the one class to look at; all by default.")
