from pydantic import Field, PositiveFloat, PositiveInt

from layerctl.base.shapes import Shape
from layerctl.catalog.layers._images import Augmentation, Interpolation, Share, ValueRange


class AugMix(Augmentation):
    """Blends each image with several augmented versions of it in training, and passes it on unchanged in inference.

    Example:
        ```yaml
        - AugMix: {value_range: [0, 1], factor: 0.2}
        ```
    """

    stricter = {
        "alpha": "`alpha` of 0 or less is refused: no distribution has such a parameter, and Keras does not check.",
        "colours": "Images must have 3 channels or 1: the augmentations of colours fail on others, and Keras draws "
        "them at random.",
        "no chains": "No chains, or chains of no steps, are refused: Keras would blend nothing.",
    }

    value_range: ValueRange = Field((0, 255), description="the lowest and the highest value of a pixel.")
    num_chains: PositiveInt = Field(3, description="the number of versions.")
    chain_depth: PositiveInt = Field(3, description="the largest number of augmentations for one version.")
    factor: Share = Field(0.3, description="the strength of the augmentations, or a list [low, high].")
    alpha: PositiveFloat = Field(
        1.0,
        description="how evenly the versions are blended: the parameter of the Dirichlet and beta distributions of the shares.",
    )
    all_ops: bool = Field(True, description="whether augmentations of colours, contrast, brightness and sharpness are used too.")
    interpolation: Interpolation = Field("bilinear", description="how values between pixels are computed.")

    def compute_output_shape(self, shape: Shape) -> Shape:
        if self.all_ops:
            self.channels(shape, 3, 1)
        return shape
