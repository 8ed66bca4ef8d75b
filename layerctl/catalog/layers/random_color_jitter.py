from pydantic import Field

from layerctl.base.shapes import Shape, text
from layerctl.catalog.layers._base import Refusal
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._images import Augmentation, Share, Signed, ValueRange


class RandomColorJitter(Augmentation):
    """Changes brightness, contrast, saturation and hue of each image in training, and passes it on unchanged in inference.

    Example:
        ```yaml
        - RandomColorJitter: {value_range: [0, 1], brightness_factor: 0.2, contrast_factor: 0.2}
        ```
    """

    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")
    brightness_factor: Signed | None = Field(
        None, description="`factor` of RandomBrightness; null leaves the brightness unchanged."
    )
    contrast_factor: Share | None = Field(None, description="`factor` of RandomContrast; null leaves the contrast unchanged.")
    saturation_factor: Signed | None = Field(
        None, description="`factor` of RandomSaturation; null leaves the saturation unchanged."
    )
    hue_factor: Share | None = Field(None, description="`factor` of RandomHue; null leaves the hue unchanged.")

    def compute_output_shape(self, shape: Shape) -> Shape:
        colour_factors = [name for name in ("saturation_factor", "hue_factor") if getattr(self, name) is not None]
        if colour_factors and shape[-1] not in (None, 3):
            raise Refusal(
                ShapeDoesNotSuit,
                f"`{colour_factors[0]}` works on three colours in the last axis, whatever the `data_format`; got {text(shape)}",
                label=f"got {text(shape)}",
                help=f"give it images of three channels, the channels last, or leave out `{colour_factors[0]}`",
            )
        return shape
