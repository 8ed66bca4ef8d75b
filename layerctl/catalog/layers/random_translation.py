from __future__ import annotations

from layerctl.catalog import FiniteFloat
from layerctl.catalog.layers._images import Augmentation, FillMode, Interpolation, Signed


class RandomTranslation(Augmentation):
    """Moves each image up or down and sideways in training, and passes it on unchanged after it.

    Args:
        height_factor: how far up and down, as a share of the height; or a list of the two ends.
        width_factor: how far sideways, as a share of the width; or a list of the two ends.
        fill_mode: how the edges are filled.
        interpolation: how the values between are found.
        fill_value: what they are filled with where `fill_mode` is `constant`.

    Example:
        ```yaml
        - RandomTranslation: {height_factor: 0.1, width_factor: 0.1}
        ```
    """

    height_factor: Signed
    width_factor: Signed
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    fill_value: FiniteFloat = 0.0
