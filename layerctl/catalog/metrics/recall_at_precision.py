from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import ScoreAtLimit


class RecallAtPrecision(ScoreAtLimit):
    """The best recall at a precision of at least `precision`."""

    precision: Rate = Field(description="the lowest precision allowed.")
