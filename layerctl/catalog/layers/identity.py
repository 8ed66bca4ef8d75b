from __future__ import annotations

from typing import ClassVar

from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Call, InputKind, Layer, Masks, OfSparse, Tree


class Identity(Layer):
    """Returns its input unchanged: a placeholder, or a place to give a name.

    Input shape: any.

    Output shape: the input's.

    Weights: none.

    MACs: 0.

    Example:
        ```yaml
        - Identity:
          name: features
        ```
    """

    category: ClassVar[str] = "core"
    elementwise: ClassVar[bool] = True
    is_identity: ClassVar[bool] = True
    input_kind: ClassVar[InputKind] = "each"
    masks: ClassVar[Masks] = "passes"
    of_sparse: ClassVar[OfSparse] = "sparse"

    def output(self, call: Call) -> Tree:
        return Tensor(call.x.shape, call.x.dtype)
