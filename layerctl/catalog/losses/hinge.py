from typing import ClassVar

from pydantic import Field

from layerctl.catalog.losses._base import Loss, OneUnit


class Hinge(Loss):
    """max(0, 1 - target × output), targets -1 and 1; 0 and 1 are converted."""

    one_unit: ClassVar[OneUnit] = "binary"

    name: str | None = Field("hinge", description="the loss's name.")
