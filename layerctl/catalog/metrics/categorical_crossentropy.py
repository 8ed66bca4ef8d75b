from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import ClassAxis, Dtype, Error, FromLogits, Name


class CategoricalCrossentropy(Error):
    """Cross-entropy of one class out of several, targets one-hot."""

    name: Name = "categorical_crossentropy"
    dtype: Dtype = None
    from_logits: FromLogits = False
    label_smoothing: Rate = Field(0, description="how much of each target is spread over all classes.")
    axis: ClassAxis = -1
