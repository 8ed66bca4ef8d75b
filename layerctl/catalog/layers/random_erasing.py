from typing import Annotated

from pydantic import Field

from layerctl.base.shapes import Shape, text
from layerctl.catalog import Says
from layerctl.catalog.layers._base import Refusal
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._images import NOT_HALF, Augmentation, Share, ValueRange


class RandomErasing(Augmentation):
    """Covers a rectangle in a share of the images in training, and passes them on unchanged in inference.

    Example:
        ```yaml
        - RandomErasing: {factor: 0.5, scale: [0.02, 0.2]}
        ```
    """

    pipeline_takes_any_size = False
    computes_in = NOT_HALF

    factor: Share = Field(1.0, description="the share of images that change, or a list [low, high].")
    scale: Share = Field(
        (0.02, 0.33), description="the rectangle's share of an image, or a list of the smallest and the largest."
    )
    fill_value: Annotated[float | tuple[float, float, float] | None, Says("a number, a list of three, or null")] = Field(
        None, description="the value of the rectangle: a number, or a list of one for each of three channels; null for noise."
    )
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")

    def compute_output_shape(self, shape: Shape) -> Shape:
        if isinstance(self.fill_value, tuple) and shape[-1] not in (None, 3):
            raise Refusal(
                ShapeDoesNotSuit,
                f"`fill_value` has a number for each of three positions of the last axis; the input is {text(shape)}",
                label=f"got {text(shape)}",
                help="give one number, or leave it out to fill with noise",
            )
        return shape
