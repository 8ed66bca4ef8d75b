from typing import ClassVar

from layerctl.catalog.losses._base import Loss, Name, OneUnit


class SquaredHinge(Loss):
    """The square of the hinge loss, targets -1 and 1; 0 and 1 are converted."""

    one_unit: ClassVar[OneUnit] = "binary"

    name: Name = "squared_hinge"
