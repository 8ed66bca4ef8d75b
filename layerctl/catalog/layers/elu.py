from __future__ import annotations

from typing import ClassVar

from layerctl.catalog import FiniteFloat
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._activations import ActivationLayer
from layerctl.catalog.layers._base import Call, Tree


class ELU(ActivationLayer):
    """Exponential linear unit: x where x > 0, else alpha (exp(x) - 1).

    Args:
        alpha: the value that it falls towards, with its sign turned.

    Input shape: any.

    Output shape: the input's.

    Weights: none.

    MACs: 0.

    Example:
        ```yaml
        - ELU: {alpha: 0.5}
        ```
    """

    usable_as_activation: ClassVar[bool] = True

    alpha: FiniteFloat = 1.0

    def output(self, call: Call) -> Tree:
        checks.floating(call.x, "ELU")
        return call.result(call.x.shape)
