from pydantic import Field

from layerctl.catalog import Rate
from layerctl.catalog.metrics._base import Dtype, Error, FromLogits, Name


class BinaryCrossentropy(Error):
    """Cross-entropy of binary targets."""

    name: Name = "binary_crossentropy"
    dtype: Dtype = None
    from_logits: FromLogits = False
    label_smoothing: Rate = Field(0, description="how far targets are moved towards 0.5.")
