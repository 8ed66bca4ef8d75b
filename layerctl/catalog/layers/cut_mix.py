from pydantic import Field

from layerctl.catalog.layers._images import Augmentation, Share


class CutMix(Augmentation):
    """Puts a rectangle of another image of the batch into each image in training, and passes it on unchanged in inference.

    In a model the labels are not mixed: they stay those of the original image.

    Example:
        ```yaml
        - CutMix: 0.5
        ```
    """

    pipeline_takes_any_size = False
    computes_in = frozenset(("float32", "float64"))

    factor: Share = Field(
        1.0,
        description="the parameter of the beta distribution of the rectangles' sizes, or a list [low, high].",
    )
