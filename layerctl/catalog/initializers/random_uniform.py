from pydantic import Field

from layerctl.catalog.initializers._base import Random


class RandomUniform(Random):
    """Uniform values."""

    minval: float = Field(-0.05, description="the lower limit.")
    maxval: float = Field(0.05, description="the upper limit.")
