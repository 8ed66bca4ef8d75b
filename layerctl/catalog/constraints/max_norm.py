from pydantic import Field, NonNegativeFloat

from layerctl.catalog.constraints._base import Norm


class MaxNorm(Norm):
    """Scales down norms above a limit."""

    max_value: NonNegativeFloat = Field(2, description="the largest norm.")
