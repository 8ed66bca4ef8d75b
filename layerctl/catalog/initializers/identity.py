from collections.abc import Sequence

from pydantic import Field

from layerctl.base.shapes import FLOATS
from layerctl.catalog.initializers._base import Initializer


class Identity(Initializer):
    """The identity matrix, for weights of two axes."""

    dtypes = FLOATS

    gain: float = Field(1.0, description="the value on the diagonal.")

    def misfit(self, shape: Sequence[int | None]) -> str | None:
        return None if len(shape) == 2 else "is no matrix, and Identity makes one"
