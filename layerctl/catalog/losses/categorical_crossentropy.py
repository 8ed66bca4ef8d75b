from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.losses._base import DISTRIBUTION, Loss, Name


class CategoricalCrossentropy(Loss):
    """Cross-entropy of one class out of several, targets one-hot."""

    wants = DISTRIBUTION

    from_logits: bool = Field(False, description="whether the outputs are logits, to which softmax is still to be applied.")
    label_smoothing: Rate = Field(0.0, description="how much of each target is spread over all classes.")
    axis: int = Field(-1, description="the axis of the classes.")
    name: Name = "categorical_crossentropy"
