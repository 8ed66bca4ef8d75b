from pydantic import Field, PositiveInt

from layerctl.catalog.layers._images import Augmentation, Interpolation, Share, ValueRange


class RandAugment(Augmentation):
    """Applies random augmentations, of eleven kinds, to each batch in training; passes images on unchanged in inference.

    Example:
        ```yaml
        - RandAugment: {value_range: [0, 1], num_ops: 2, factor: 0.3}
        ```
    """

    colours = (3, 1)
    stricter = {
        "colours": "Images must have 3 channels or 1: the augmentations of colours fail on others, and Keras draws "
        "them at random.",
        "no operations": "`num_ops` below 1 is refused: the layer would do nothing.",
    }

    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")
    num_ops: PositiveInt = Field(2, description="the number of augmentations for a batch.")
    factor: Share = Field(0.5, description="the strength of the augmentations, or a list [low, high].")
    interpolation: Interpolation = Field("bilinear", description="how values between pixels are computed.")
