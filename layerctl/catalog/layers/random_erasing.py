from __future__ import annotations

from typing import Annotated, ClassVar

from layerctl.base.shapes import Shape, text
from layerctl.catalog import FiniteFloat, Says
from layerctl.catalog.layers._base import Refusal
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._images import NOT_HALF, Augmentation, Share, ValueRange


class RandomErasing(Augmentation):
    """Covers a rectangle of each of a share of the images in training, and passes them on unchanged after it.

    Args:
        factor: the share of images, or a list of the two ends that it is drawn from.
        scale: the rectangle's share of an image, or a list of the smallest and the largest.
        fill_value: what it is filled with: a number, a list of one for each of three channels; null is noise.
        value_range: the lowest and the highest value of a pixel.

    Example:
        ```yaml
        - RandomErasing: {factor: 0.5, scale: [0.02, 0.2]}
        ```
    """

    sized_alone: ClassVar[bool] = False
    computes_in: ClassVar[frozenset[str] | None] = NOT_HALF

    factor: Share = 1.0
    scale: Share = (0.02, 0.33)
    fill_value: Annotated[
        FiniteFloat | tuple[FiniteFloat, FiniteFloat, FiniteFloat] | None, Says("a number, a list of three, or null")
    ] = None
    value_range: ValueRange = (0, 255)

    def compute_output_shape(self, shape: Shape) -> Shape:
        if isinstance(self.fill_value, tuple) and shape[-1] not in (None, 3):
            raise Refusal(
                ShapeDoesNotSuit,
                f"`fill_value` has a number for each of three positions of the last axis; the input is {text(shape)}",
                label=f"got {text(shape)}",
                help="give one number, or leave it out to fill with noise",
            )
        return shape
