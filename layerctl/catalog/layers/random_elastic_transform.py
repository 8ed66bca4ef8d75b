from pydantic import Field

from layerctl.catalog.layers._images import NOT_HALF, Augmentation, FillMode, Interpolation, Share, ValueRange


class RandomElasticTransform(Augmentation):
    """Distorts a share of the images in training, as if they were on rubber, and passes them on unchanged in inference.

    Example:
        ```yaml
        - RandomElasticTransform: {factor: 0.5, scale: 0.3}
        ```
    """

    pipeline_takes_any_size = False
    computes_in = NOT_HALF
    stricter = {
        "float16": "float16 is refused even if a `scale` of 0 leaves nothing to compute.",
    }

    factor: Share = Field(1.0, description="the share of images that change, or a list [low, high].")
    scale: Share = Field(1.0, description="the strength, or a list [low, high].")
    interpolation: Interpolation = Field("bilinear", description="how values between pixels are computed.")
    fill_mode: FillMode = Field("reflect", description="how the edges are filled.")
    fill_value: float = Field(0.0, description="the value at the edges with `fill_mode: constant`.")
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")
