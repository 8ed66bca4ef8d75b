from __future__ import annotations

from layerctl.catalog import FiniteFloat
from layerctl.catalog.layers._images import Augmentation, FillMode, Interpolation, Share


class RandomShear(Augmentation):
    """Slants each image in training, and passes it on unchanged after it.

    From a file that Keras saved it can be loaded only where the factors are lists of two.

    Args:
        x_factor: how far at most along the width, as a share; or a list of the two ends.
        y_factor: how far at most along the height, as a share; or a list of the two ends.
        interpolation: how the values between are found.
        fill_mode: how the edges are filled.
        fill_value: what they are filled with where `fill_mode` is `constant`.

    Example:
        ```yaml
        - RandomShear: {x_factor: [0, 0.2], y_factor: [0, 0.2]}
        ```
    """

    x_factor: Share = 0.0
    y_factor: Share = 0.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: FiniteFloat = 0.0
