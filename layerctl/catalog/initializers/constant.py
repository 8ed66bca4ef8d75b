from pydantic import Field

from layerctl.catalog.initializers._base import Initializer


class Constant(Initializer):
    """The same number for all values."""

    value: float = Field(0.0, description="the number.")
