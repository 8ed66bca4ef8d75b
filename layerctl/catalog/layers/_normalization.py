"""Shared by normalization layers: axes of the input, and the learned scale and offset."""

from pydantic import Field

from layerctl.base.shapes import Shape
from layerctl.catalog import Axes, Constraint, Initializer, Regularizer
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import AlongAxis, Layer, Weight

SIZE_NEEDED = "the learned values need its size"


def tupled(axes: Axes) -> tuple[int, ...]:
    """One axis or several as a tuple."""
    return axes if isinstance(axes, tuple) else (axes,)


def sizes(shape: Shape, axes: tuple[int, ...]) -> tuple[int, ...]:
    """The dimensions at some axes, which must be known."""
    return tuple(checks.known(shape, axis, SIZE_NEEDED) for axis in axes)


def gamma_and_beta(shape: tuple[int, ...], *, scale: bool, center: bool) -> tuple[Weight, ...]:
    """The learned scale and offset that the layer has."""
    gamma = (Weight("gamma", shape),) if scale else ()
    return (*gamma, Weight("beta", shape)) if center else gamma


class Affine(AlongAxis, Layer):
    """A normalization within each sample, with a learned scale and offset.

    Output shape: the input's.
    """

    category = "normalization"
    own_first = True
    stricter = {
        "epsilon": "`epsilon` below 0 is refused: it can divide by zero, and Keras does not check.",
    }

    center: bool = Field(True, description="whether a learned offset `beta` is added.")
    scale: bool = Field(True, description="whether a learned factor `gamma` is applied.")
    beta_initializer: Initializer = Field("zeros", description="initial values of `beta`.")
    gamma_initializer: Initializer = Field("ones", description="initial values of `gamma`.")
    beta_regularizer: Regularizer = Field(None, description="a penalty on `beta`.")
    gamma_regularizer: Regularizer = Field(None, description="a penalty on `gamma`.")
    beta_constraint: Constraint = Field(None, description="applied to `beta` after each update.")
    gamma_constraint: Constraint = Field(None, description="applied to `gamma` after each update.")
