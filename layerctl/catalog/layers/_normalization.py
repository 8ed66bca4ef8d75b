"""What the normalization layers share: axes of their input, and the scale and offset that they learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from layerctl.base.shapes import Shape
from layerctl.catalog import Axes, Constraint, Initializer, Regularizer, declared_order
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
    """The learned scale and offset, as far as the layer has them."""
    gamma = (Weight("gamma", shape),) if scale else ()
    return (*gamma, Weight("beta", shape)) if center else gamma


class Affine(AlongAxis, Layer):
    """A normalization within each sample, with a learned scale and offset."""

    category: ClassVar[str] = "normalization"
    stricter: ClassVar[Mapping[str, str]] = {
        "epsilon": "`epsilon` below 0 is refused: it can divide by zero, and Keras does not look.",
    }

    center: bool = True
    scale: bool = True
    beta_initializer: Initializer = "zeros"
    gamma_initializer: Initializer = "ones"
    beta_regularizer: Regularizer = None
    gamma_regularizer: Regularizer = None
    beta_constraint: Constraint = None
    gamma_constraint: Constraint = None

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        return tuple(name for name in declared_order(cls) if name not in Layer.model_fields)
