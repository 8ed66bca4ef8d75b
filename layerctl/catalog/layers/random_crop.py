from pydantic import Field, PositiveInt

from layerctl.base.shapes import Shape, same, text
from layerctl.catalog.layers._base import Call, Refusal, Tree
from layerctl.catalog.layers._codes import NotInModels
from layerctl.catalog.layers._images import Augmentation


class RandomCrop(Augmentation):
    """Cuts a part out of images in training, at a random place for each batch; smaller images are enlarged.

    In inference Keras passes images on in their own size; so this must be the output's size, or unknown.

    Output shape: the input's, with `height` and `width`.

    Example:
        ```yaml
        inputs: {image: [null, null, 3]}
        layers:
          - RandomCrop: {height: 24, width: 24}
        ```
    """

    pipeline_takes_any_size = False
    stricter = {
        "no pixels": "A size of 0 is refused: there is no such image.",
    }

    height: PositiveInt = Field(description="the output's height.")
    width: PositiveInt = Field(description="the output's width.")

    def output(self, call: Call) -> Tree:
        output = super().output(call)
        sides = self.sides(call.x.shape)
        if not (same(sides[0], self.height) and same(sides[1], self.width)):
            size = f"{self.height}×{self.width}"
            raise Refusal(
                NotInModels,
                f"RandomCrop crops in training only: when the model is used, images {text(call.x.shape)} do not become {size}",
                label=f"got {text(call.x.shape)}",
                help=f"use CenterCrop, or leave the input's height and width open (`null`) and use the model on images of {size}",
            )
        return output

    def compute_output_shape(self, shape: Shape) -> Shape:
        return self.sized(shape, self.height, self.width)
