from pydantic import Field, PositiveInt

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._base import Call, Tree
from layerctl.catalog.layers._images import Images


class CenterCrop(Images):
    """Cuts the middle out of images, in training and inference; smaller ones are first enlarged.

    Output shape: the input's, with `height` and `width`.

    Example:
        ```yaml
        - CenterCrop: {height: 24, width: 24}
        ```
    """

    stricter = {
        "no pixels": "A size of 0 is refused: there is no such image.",
    }

    height: PositiveInt = Field(description="the output's height.")
    width: PositiveInt = Field(description="the output's width.")

    def output_in_pipeline(self, call: Call) -> Tree:
        """In a Pipeline Keras finds the size of what is cut out of images of unknown size, and not before."""
        super().output_in_pipeline(call)
        sides, wanted = self.sides(call.x.shape), (self.height, self.width)
        if any(side is not None and side < size for side, size in zip(sides, wanted, strict=True)):
            return self.output(call)
        height, width = (None if side is None else size for side, size in zip(sides, wanted, strict=True))
        return call.result(self.sized(call.x.shape, height, width))

    def compute_output_shape(self, shape: Shape) -> Shape:
        return self.sized(shape, self.height, self.width)
