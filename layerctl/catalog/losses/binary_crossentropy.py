from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.losses._base import PROBABILITIES, Loss, Name


class BinaryCrossentropy(Loss):
    """Cross-entropy of binary targets, one output each."""

    wants = PROBABILITIES
    one_unit = "binary"

    from_logits: bool = Field(False, description="whether the outputs are logits, to which a sigmoid is still to be applied.")
    label_smoothing: Rate = Field(0.0, description="how far targets are moved towards 0.5.")
    axis: int = Field(-1, description="the axis over which the mean is taken.")
    name: Name = "binary_crossentropy"
