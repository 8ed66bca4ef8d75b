from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic_core import PydanticCustomError

from layerctl.base.model import BeforeValidator
from layerctl.catalog import Says
from layerctl.catalog.layers._images import NOT_HALF, Augmentation, Share, ValueRange


def _odd(value: object) -> object:
    parts = value if isinstance(value, tuple) else (value,)
    if any(type(part) is not int for part in parts):
        raise PydanticCustomError("odd", "no integers")
    if len(parts) != (2 if isinstance(value, tuple) else 1):
        raise PydanticCustomError("too_long" if len(parts) > 2 else "too_short", "not two")
    if any(part < 1 or part % 2 == 0 for part in parts):
        raise ValueError
    return value


OddSizes = Annotated[int | tuple[int, int], BeforeValidator(_odd), Says("an odd positive integer, or a list of two")]


class RandomGaussianBlur(Augmentation):
    """Blurs a share of the images in training, and passes them on unchanged after it.

    Args:
        factor: the share of images, or a list of the two ends that it is drawn from.
        kernel_size: the size of the window, odd; or a list of two.
        sigma: how strongly, or a list of the two ends.
        value_range: the lowest and the highest value of a pixel.

    Example:
        ```yaml
        - RandomGaussianBlur: {factor: 0.3, kernel_size: 5}
        ```
    """

    computes_in: ClassVar[frozenset[str] | None] = NOT_HALF

    factor: Share = 1.0
    kernel_size: OddSizes = 3
    sigma: Share = 1.0
    value_range: ValueRange = (0, 255)
