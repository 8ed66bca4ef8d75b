from pydantic import Field, NonNegativeFloat

from layerctl.catalog.initializers._base import Random


class TruncatedNormal(Random):
    """Normal values; those farther from the mean than two standard deviations are drawn again."""

    mean: float = Field(0.0, description="their mean.")
    stddev: NonNegativeFloat = Field(0.05, description="their standard deviation before the cut.")
