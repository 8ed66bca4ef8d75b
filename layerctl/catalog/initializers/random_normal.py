from pydantic import Field, NonNegativeFloat

from layerctl.catalog.initializers._base import Random


class RandomNormal(Random):
    """Normal values."""

    mean: float = Field(0.0, description="their mean.")
    stddev: NonNegativeFloat = Field(0.05, description="their standard deviation.")
