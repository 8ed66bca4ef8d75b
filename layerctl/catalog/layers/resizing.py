from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Shape
from layerctl.catalog import ArgumentError
from layerctl.catalog.layers._images import Images


class Resizing(Images):
    """Brings images to one size by interpolation, in training and inference.

    Output shape: the input's, with `height` and `width`.

    Example:
        ```yaml
        - Resizing: {height: 224, width: 224}
        ```
    """

    stricter = {
        "no pixels": "A size of 0 is refused: there is no such image.",
    }

    height: PositiveInt = Field(description="the output's height.")
    width: PositiveInt = Field(description="the output's width.")
    interpolation: Literal["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5"] = Field(
        "bilinear", description="how values between pixels are computed."
    )
    crop_to_aspect_ratio: bool = Field(False, description="whether images keep their proportions, and the excess is cut off.")
    pad_to_aspect_ratio: bool = Field(False, description="whether images keep their proportions, and the missing part is filled.")
    fill_mode: Literal["constant"] = Field("constant", description="how the missing part is filled.")
    fill_value: float = Field(0.0, description="the value that fills it.")
    antialias: bool = Field(False, description="whether images are smoothed before they are shrunk.")

    @model_validator(mode="after")
    def _one_way_to_keep_proportions(self) -> Self:
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            message = "`crop_to_aspect_ratio` and `pad_to_aspect_ratio` exclude each other"
            raise ArgumentError("pad_to_aspect_ratio", message, "set one of the two")
        return self

    def compute_output_shape(self, shape: Shape) -> Shape:
        return self.sized(shape, self.height, self.width)
