from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, FillMode, Interpolation, Signed


class RandomTranslation(Augmentation):
    """Moves each image up or down and sideways in training, and passes it on unchanged after it.

    Example:
        ```yaml
        - RandomTranslation: {height_factor: 0.1, width_factor: 0.1}
        ```
    """

    height_factor: Signed = Field(description="how far up and down, as a share of the height; or a list of the two ends.")
    width_factor: Signed = Field(description="how far sideways, as a share of the width; or a list of the two ends.")
    fill_mode: FillMode = Field("reflect", description="how the edges are filled.")
    interpolation: Interpolation = Field("bilinear", description="how the values between are found.")
    fill_value: float = Field(0.0, description="what they are filled with where `fill_mode` is `constant`.")
