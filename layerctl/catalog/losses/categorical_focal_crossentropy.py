from typing import ClassVar

from pydantic import Field, NonNegativeFloat

from layerctl.catalog import Rate
from layerctl.catalog.losses._base import DISTRIBUTION, Loss, Name


class CategoricalFocalCrossentropy(Loss):
    """Categorical cross-entropy in which easy samples count less (Lin et al. 2017)."""

    wants: ClassVar[frozenset[str]] = DISTRIBUTION

    alpha: NonNegativeFloat | tuple[NonNegativeFloat, ...] = Field(
        0.25, description="the weight of the classes: a number, or one for each."
    )
    gamma: NonNegativeFloat = Field(2.0, description="how strongly easy samples are weighted down; 0 is plain cross-entropy.")
    from_logits: bool = Field(False, description="whether the outputs are logits, to which softmax is still to be applied.")
    label_smoothing: Rate = Field(0.0, description="how much of each target is spread over all classes.")
    axis: int = Field(-1, description="the axis of the classes.")
    name: Name = "categorical_focal_crossentropy"
