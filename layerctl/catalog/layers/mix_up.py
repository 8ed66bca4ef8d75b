from pydantic import Field, PositiveFloat

from layerctl.catalog.layers._images import Augmentation


class MixUp(Augmentation):
    """Blends each image with another one of its batch in training, and passes it on unchanged in inference.

    In a model the labels are not mixed: they stay those of the original image.

    Example:
        ```yaml
        - MixUp: 0.2
        ```
    """

    stricter = {
        "alpha": "`alpha` of 0 or less is refused: no distribution has such a parameter, and Keras does not check.",
    }

    alpha: PositiveFloat = Field(0.2, description="how evenly: both parameters of the beta distribution of the shares.")
