from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, FillMode, Interpolation, Zoom


class RandomZoom(Augmentation):
    """Zooms each image in or out in training, and passes it on unchanged in inference.

    Example:
        ```yaml
        - RandomZoom: 0.2
        ```
    """

    height_factor: Zoom = Field(
        description="how far, as a share of the height: -0.2 shows a fifth less, 0.2 a fifth more. A number counts both ways."
    )
    width_factor: Zoom | None = Field(None, description="the same for the width; null keeps the proportions.")
    fill_mode: FillMode = Field("reflect", description="how the edges are filled.")
    interpolation: Interpolation = Field("bilinear", description="how values between pixels are computed.")
    fill_value: float = Field(0.0, description="the value at the edges with `fill_mode: constant`.")
