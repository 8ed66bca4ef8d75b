from pydantic import Field, NonNegativeFloat

from layerctl.catalog.losses._base import Name
from layerctl.catalog.losses.categorical_crossentropy import CategoricalCrossentropy


class CategoricalFocalCrossentropy(CategoricalCrossentropy):
    """Categorical cross-entropy in which easy samples count less (Lin et al. 2017)."""

    alpha: NonNegativeFloat | tuple[NonNegativeFloat, ...] = Field(
        0.25, description="the weight of the classes: a number, or one for each."
    )
    gamma: NonNegativeFloat = Field(2.0, description="how strongly easy samples are weighted down; 0 is plain cross-entropy.")
    name: Name = "categorical_focal_crossentropy"
