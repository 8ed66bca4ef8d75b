from pydantic import Field

from layerctl.catalog.initializers._base import Initializer


class Constant(Initializer):
    """All values one number."""

    value: float = Field(0.0, description="the number.")
