from pydantic import Field, PositiveInt

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._base import Call, Reach, Read, Taps, Tree
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

    def reach(self, shape: Shape) -> Reach:
        sides = self.sides(shape)
        if any(side is None or side < size for side, size in zip(sides, (self.height, self.width), strict=True)):
            return None
        first = 2 if self.channels_first else 1
        starts = {first: ((sides[0] or 0) - self.height) // 2, first + 1: ((sides[1] or 0) - self.width) // 2}
        return tuple(Read(axis, 1, ((Taps(starts.get(axis, 0)),),)) for axis in range(1, len(shape)))

    def compute_output_shape(self, shape: Shape) -> Shape:
        return self.sized(shape, self.height, self.width)
