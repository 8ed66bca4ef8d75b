from pydantic import Field

from layerctl.base.shapes import Shape, text
from layerctl.catalog import Rate
from layerctl.catalog.layers._base import Refusal
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._images import Augmentation, Interpolation, Share


class RandomPerspective(Augmentation):
    """Changes the perspective of a share of the images in training, and passes them on unchanged in inference.

    Example:
        ```yaml
        - RandomPerspective: {factor: 0.5, scale: 0.2}
        ```
    """

    pipeline_takes_any_size = False

    factor: Share = Field(1.0, description="the share of images that change, or a list [low, high].")
    scale: Rate = Field(1.0, description="the largest move of a corner, as a share of the size.")
    interpolation: Interpolation = Field("bilinear", description="how values between pixels are computed.")
    fill_value: float = Field(0.0, description="the value at the edges.")

    def compute_output_shape(self, shape: Shape) -> Shape:
        if 1 in self.sides(shape):
            raise Refusal(
                ShapeDoesNotSuit,
                f"images of a single row or column cannot be tilted; got {text(shape)}",
                label=f"got {text(shape)}",
                help="give it images of at least 2×2 pixels",
            )
        return shape
