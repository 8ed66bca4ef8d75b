from __future__ import annotations

from layerctl.catalog import FiniteFloat
from layerctl.catalog.layers._images import Augmentation, FillMode, Interpolation, Signed


class RandomRotation(Augmentation):
    """Turns each image by a random angle in training, and passes it on unchanged after it.

    Args:
        factor: the largest angle both ways, as a share of a full turn; or a list of the two ends.
        fill_mode: how the corners are filled.
        interpolation: how the values between are found.
        fill_value: what they are filled with where `fill_mode` is `constant`.

    Example:
        ```yaml
        - RandomRotation: 0.1
        ```
    """

    factor: Signed
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    fill_value: FiniteFloat = 0.0
