from typing import ClassVar

from pydantic import Field, NonNegativeFloat

from layerctl.catalog import Rate
from layerctl.catalog.losses._base import PROBABILITIES, Loss, Name, OneUnit


class BinaryFocalCrossentropy(Loss):
    """Binary cross-entropy in which easy samples count less (Lin et al. 2017)."""

    wants: ClassVar[frozenset[str]] = PROBABILITIES
    one_unit: ClassVar[OneUnit] = "binary"

    apply_class_balancing: bool = Field(False, description="whether the two classes are weighted by `alpha`.")
    alpha: Rate = Field(0.25, description="the weight of class 1.")
    gamma: NonNegativeFloat = Field(2.0, description="how strongly easy samples are weighted down; 0 is plain cross-entropy.")
    from_logits: bool = Field(False, description="whether the outputs are logits, to which a sigmoid is still to be applied.")
    label_smoothing: Rate = Field(0.0, description="how far targets are moved towards 0.5.")
    axis: int = Field(-1, description="the axis over which the mean is taken.")
    name: Name = "binary_focal_crossentropy"
