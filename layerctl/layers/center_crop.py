from __future__ import annotations

from layerctl.catalog import PositiveInt
from layerctl.layers._images import Images
from layerctl.shapes import Shape


class CenterCrop(Images):
    """Cuts the middle out of images, in training and after it; smaller ones are first enlarged.

    Args:
        height: of the output.
        width: of the output.

    Output shape: the input's, with `height` and `width`.

    Example:
        ```yaml
        - CenterCrop: {height: 24, width: 24}
        ```
    """

    height: PositiveInt
    width: PositiveInt

    def output_shape(self, shape: Shape) -> Shape:
        return self.sized(shape, self.height, self.width)
