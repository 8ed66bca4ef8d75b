from typing import Annotated

from pydantic import BeforeValidator, Field, PositiveInt
from pydantic_core import PydanticCustomError

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


OddSizes = Annotated[
    PositiveInt | tuple[PositiveInt, PositiveInt], BeforeValidator(_odd), Says("an odd positive integer, or a list of two")
]


class RandomGaussianBlur(Augmentation):
    """Blurs a share of the images in training, and passes them on unchanged in inference.

    Example:
        ```yaml
        - RandomGaussianBlur: {factor: 0.3, kernel_size: 5}
        ```
    """

    computes_in = NOT_HALF

    factor: Share = Field(1.0, description="the share of images that change, or a list [low, high].")
    kernel_size: OddSizes = Field(3, description="the size of the window, an odd number; or a list of two.")
    sigma: Share = Field(1.0, description="the strength, or a list [low, high].")
    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")
