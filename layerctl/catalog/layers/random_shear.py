from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, FillMode, Interpolation, Share


class RandomShear(Augmentation):
    """Slants each image in training, and passes it on unchanged in inference.

    Keras can load it from a saved file only if both factors are lists of two.

    Example:
        ```yaml
        - RandomShear: {x_factor: [0, 0.2], y_factor: [0, 0.2]}
        ```
    """

    x_factor: Share = Field(0.0, description="the largest shear along the width, as a share; or a list [low, high].")
    y_factor: Share = Field(0.0, description="the largest shear along the height, as a share; or a list [low, high].")
    interpolation: Interpolation = Field("bilinear", description="how values between pixels are computed.")
    fill_mode: FillMode = Field("reflect", description="how the edges are filled.")
    fill_value: float = Field(0.0, description="the value at the edges with `fill_mode: constant`.")
