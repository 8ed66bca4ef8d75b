from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from layerctl.catalog import PositiveFloat
from layerctl.catalog.layers._images import Augmentation


class MixUp(Augmentation):
    """Blends each image with another one of its batch in training, and passes it on unchanged after it.

    Within a model the labels stay those of the first image.

    Args:
        alpha: how evenly: the two parameters of the beta distribution that the shares are drawn from.

    Example:
        ```yaml
        - MixUp: 0.2
        ```
    """

    stricter: ClassVar[Mapping[str, str]] = {
        "alpha": "`alpha` of 0 or less is refused: no distribution has such a parameter, and Keras does not look.",
    }

    alpha: PositiveFloat = 0.2
