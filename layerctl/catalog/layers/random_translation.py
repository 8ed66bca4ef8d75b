from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, FillMode, Interpolation, Signed


class RandomTranslation(Augmentation):
    """Moves each image up or down and sideways in training, and passes it on unchanged in inference.

    Example:
        ```yaml
        - RandomTranslation: {height_factor: 0.1, width_factor: 0.1}
        ```
    """

    height_factor: Signed = Field(description="the largest shift up and down, as a share of the height; or a list [low, high].")
    width_factor: Signed = Field(description="the largest shift sideways, as a share of the width; or a list [low, high].")
    fill_mode: FillMode = Field("reflect", description="how the edges are filled.")
    interpolation: Interpolation = Field("bilinear", description="how values between pixels are computed.")
    fill_value: float = Field(0.0, description="the value at the edges with `fill_mode: constant`.")
