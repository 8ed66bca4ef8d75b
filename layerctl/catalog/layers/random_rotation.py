from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, FillMode, Interpolation, Signed


class RandomRotation(Augmentation):
    """Turns each image by a random angle in training, and passes it on unchanged in inference.

    Example:
        ```yaml
        - RandomRotation: 0.1
        ```
    """

    factor: Signed = Field(description="the largest angle in both directions, as a share of a full turn; or a list [low, high].")
    fill_mode: FillMode = Field("reflect", description="how the corners are filled.")
    interpolation: Interpolation = Field("bilinear", description="how values between pixels are computed.")
    fill_value: float = Field(0.0, description="the value at the edges with `fill_mode: constant`.")
