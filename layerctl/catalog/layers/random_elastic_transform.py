from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from layerctl.catalog import FiniteFloat
from layerctl.catalog.layers._images import NOT_HALF, Augmentation, FillMode, Interpolation, Share, ValueRange


class RandomElasticTransform(Augmentation):
    """Ripples a share of the images in training, as if they were on rubber, and passes them on unchanged after it.

    Args:
        factor: the share of images, or a list of the two ends that it is drawn from.
        scale: how strongly, or a list of the two ends.
        interpolation: how the values between are found.
        fill_mode: how the edges are filled.
        fill_value: what they are filled with where `fill_mode` is `constant`.
        value_range: the lowest and the highest value of a pixel.

    Example:
        ```yaml
        - RandomElasticTransform: {factor: 0.5, scale: 0.3}
        ```
    """

    sized_alone: ClassVar[bool] = False
    computes_in: ClassVar[frozenset[str] | None] = NOT_HALF
    stricter: ClassVar[Mapping[str, str]] = {
        "float16": "float16 is refused also where a `scale` of 0 leaves nothing to compute.",
    }

    factor: Share = 1.0
    scale: Share = 1.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: FiniteFloat = 0.0
    value_range: ValueRange = (0, 255)
