from typing import ClassVar

from pydantic import Field

from layerctl.catalog.losses._base import Loss, OneUnit


class SquaredHinge(Loss):
    """The square of the hinge loss, targets -1 and 1; 0 and 1 are converted."""

    one_unit: ClassVar[OneUnit] = "binary"

    name: str | None = Field("squared_hinge", description="the loss's name.")
