from typing import ClassVar

from layerctl.catalog.losses._base import Loss, Name, OneUnit


class Hinge(Loss):
    """max(0, 1 - target × output), targets -1 and 1; 0 and 1 are converted."""

    one_unit: ClassVar[OneUnit] = "binary"

    name: Name = "hinge"
