from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from layerctl.base.model import model_validator
from layerctl.base.shapes import Shape
from layerctl.catalog import ArgumentError, FiniteFloat, PositiveInt
from layerctl.catalog.layers._images import Images


class Resizing(Images):
    """Brings images to one size by interpolation, in training and after it.

    Args:
        height: of the output.
        width: of the output.
        interpolation: how the values between are found.
        crop_to_aspect_ratio: whether the images keep their proportions, and what then stands over is cut off.
        pad_to_aspect_ratio: whether the images keep their proportions, and what then is missing is filled.
        fill_mode: how it is filled.
        fill_value: what it is filled with.
        antialias: whether images are smoothed before they are made smaller.

    Output shape: the input's, with `height` and `width`.

    Example:
        ```yaml
        - Resizing: {height: 224, width: 224}
        ```
    """

    stricter: ClassVar[Mapping[str, str]] = {
        "no pixels": "A size of 0 is refused: there is no such image.",
    }

    height: PositiveInt
    width: PositiveInt
    interpolation: Literal["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5"] = "bilinear"
    crop_to_aspect_ratio: bool = False
    pad_to_aspect_ratio: bool = False
    fill_mode: Literal["constant"] = "constant"
    fill_value: FiniteFloat = 0.0
    antialias: bool = False

    @model_validator(mode="after")
    def _one_way_to_keep_proportions(self) -> Self:
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            message = "`crop_to_aspect_ratio` and `pad_to_aspect_ratio` exclude each other"
            raise ArgumentError("pad_to_aspect_ratio", message, "set one of the two")
        return self

    def compute_output_shape(self, shape: Shape) -> Shape:
        return self.sized(shape, self.height, self.width)
