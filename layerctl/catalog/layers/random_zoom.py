from __future__ import annotations

from layerctl.catalog import FiniteFloat
from layerctl.catalog.layers._images import Augmentation, FillMode, Interpolation, Zoom


class RandomZoom(Augmentation):
    """Zooms each image in or out in training, and passes it on unchanged after it.

    Args:
        height_factor: how far, as a share of the height: -0.2 shows a fifth less, 0.2 a fifth more. A number counts both ways.
        width_factor: the same of the width; null keeps the proportions.
        fill_mode: how the edges are filled.
        interpolation: how the values between are found.
        fill_value: what they are filled with where `fill_mode` is `constant`.

    Example:
        ```yaml
        - RandomZoom: 0.2
        ```
    """

    height_factor: Zoom
    width_factor: Zoom | None = None
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    fill_value: FiniteFloat = 0.0
