from pydantic import Field, NonNegativeFloat

from layerctl.catalog import Rate
from layerctl.catalog.losses._base import Name
from layerctl.catalog.losses.binary_crossentropy import BinaryCrossentropy


class BinaryFocalCrossentropy(BinaryCrossentropy):
    """Binary cross-entropy in which easy samples count less (Lin et al. 2017)."""

    apply_class_balancing: bool = Field(False, description="whether the two classes are weighted by `alpha`.")
    alpha: Rate = Field(0.25, description="the weight of class 1.")
    gamma: NonNegativeFloat = Field(2.0, description="how strongly easy samples are weighted down; 0 is plain cross-entropy.")
    name: Name = "binary_focal_crossentropy"
