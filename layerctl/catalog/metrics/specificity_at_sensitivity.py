from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import ScoreAtLimit


class SpecificityAtSensitivity(ScoreAtLimit):
    """The best specificity at a sensitivity of at least `sensitivity`."""

    sensitivity: Rate = Field(description="the lowest sensitivity allowed.")
