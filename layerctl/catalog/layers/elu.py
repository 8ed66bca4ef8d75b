from pydantic import Field

from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._activations import ActivationLayer
from layerctl.catalog.layers._base import Call, Tree


class ELU(ActivationLayer):
    """Exponential linear unit: x where x > 0, else alpha (exp(x) - 1).

    Example:
        ```yaml
        - ELU: {alpha: 0.5}
        ```
    """

    usable_as_activation = True

    alpha: float = Field(1.0, description="the negative of the output's lower limit.")

    def output(self, call: Call) -> Tree:
        checks.floating(call.x, "ELU")
        return call.result(call.x.shape)
