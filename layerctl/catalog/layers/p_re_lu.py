from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from layerctl.catalog import Constraint, Initializer, Regularizer, Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._activations import ActivationLayer
from layerctl.catalog.layers._base import FLOATS, Call, Refusal, Tree, Weight
from layerctl.catalog.layers._codes import AxisOutOfRange, WrongDtype

SIGNED = FLOATS | {"int16", "int32", "int64"}


def _shared(value: object) -> object:
    if value is None or type(value) is int or (isinstance(value, tuple) and all(type(v) is int for v in value)):
        return value
    raise PydanticCustomError("axes", "axes")


class PReLU(ActivationLayer):
    """Rectified linear unit with learned slopes: x where x > 0, else alpha × x.

    Input shape: any, at least rank 1; the axes that do not share a slope have known sizes.

    Weights: alpha, of the input's shape without the batch, with 1 at the shared axes.

    Example:
        ```yaml
        - PReLU: {shared_axes: [1, 2]}
        ```
    """

    depends_on_shape = True
    fixed_by_first_call = "rank"

    alpha_initializer: Initializer = Field("Zeros", description="initial values of the slopes.")
    alpha_regularizer: Regularizer = Field(None, description="a penalty on the slopes.")
    alpha_constraint: Constraint = Field(None, description="applied to the slopes after each update.")
    shared_axes: Annotated[
        Any,
        BeforeValidator(_shared, json_schema_input_type=int | tuple[int, ...] | None),
        Says("an integer, or a list of integers"),
    ] = Field(
        None,
        description="the axes along which all positions share a slope, from 1; `[1, 2]` gives an image one slope for "
        "each channel. Keras takes 0 and negative axes one too early: -1 is the last but one.",
    )

    def output(self, call: Call) -> Tree:
        x = call.x
        if x.dtype not in SIGNED or x.dtype != call.policy.compute:
            checks.floating(x, "PReLU")
            message = f"PReLU multiplies {x.dtype} by slopes of {call.policy.compute}, which Keras does not do"
            raise Refusal(WrongDtype, message, label=f"got {x.dtype}", help="leave `autocast` at true")
        self._slopes(call)
        return call.result(x.shape)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        return (Weight("alpha", self._slopes(call)),)

    def _slopes(self, call: Call) -> tuple[int, ...]:
        shape = call.x.shape
        count = len(shape) - 1
        shared = self.shared_axes if isinstance(self.shared_axes, tuple) else (self.shared_axes,)
        ones = set()
        for axis in shared if self.shared_axes is not None else ():
            if not -count < axis <= count:
                help = f"use 1 to {count}, the axes after the batch" if count else "leave out `shared_axes`"
                raise Refusal(AxisOutOfRange, f"shared_axes {axis} is out of range for an input of rank {count + 1}", help=help)
            ones.add((axis - 1) % count + 1)
        why, instead = "each position has a slope of its own", "put the axis into `shared_axes`"
        return tuple(1 if axis in ones else checks.known(shape, axis, why, instead=instead) for axis in range(1, count + 1))
