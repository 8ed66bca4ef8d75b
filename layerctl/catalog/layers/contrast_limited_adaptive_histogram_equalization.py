from typing import Annotated

from pydantic import Field, PositiveInt

from layerctl.base.shapes import Shape, text
from layerctl.catalog import Says
from layerctl.catalog.layers._base import Refusal
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._images import Images, ValueRange


class ContrastLimitedAdaptiveHistogramEqualization(Images):
    """Spreads the values of each region of an image evenly over the range (CLAHE), in training and inference.

    Example:
        ```yaml
        - ContrastLimitedAdaptiveHistogramEqualization: {tile_grid_size: [4, 4]}
        ```
    """

    pipeline_takes_any_size = False

    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")
    clip_limit: float = Field(4.0, description="the limit on contrast; 0 or less for none.")
    tile_grid_size: Annotated[tuple[PositiveInt, PositiveInt], Says("a list of two positive integers")] = Field(
        (8, 8), description="the number of regions along height and width."
    )

    def compute_output_shape(self, shape: Shape) -> Shape:
        for size, tiles in zip(self.sides(shape), self.tile_grid_size, strict=True):
            if size is not None and -size % tiles > size:  # mirroring the axis once cannot pad it to a multiple of `tiles`
                raise Refusal(
                    ShapeDoesNotSuit,
                    f"images {text(shape)} are too small for {tiles} regions along an axis of {size}",
                    label=f"got {text(shape)}",
                    help=f"use a `tile_grid_size` of at most {size} each way",
                )
        return shape
