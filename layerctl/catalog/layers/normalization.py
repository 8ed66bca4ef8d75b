from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from layerctl.base.shapes import Shape, broadcast, text
from layerctl.catalog import ArgumentError, Axes, Says
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, Refusal, Tree, Weight
from layerctl.catalog.layers._codes import NotInModels, ShapeDoesNotSuit
from layerctl.catalog.layers._normalization import SIZE_NEEDED


def _lengths(value: Any) -> Shape:
    """The shape of a number, or of a list of lists of equal length."""
    if not isinstance(value, tuple):
        if type(value) not in (int, float):
            raise PydanticCustomError("figures", "no number")
        if not abs(value) < float("inf"):
            raise ValueError
        return ()
    inner = {_lengths(part) for part in value}
    if len(inner) != 1:
        raise ValueError
    return (len(value), *inner.pop())


def _figures(value: object) -> object:
    _lengths(value)
    return value


Figures = Annotated[
    float | tuple[Any, ...] | None,
    BeforeValidator(lambda value: None if value is None else _figures(value)),
    Says("a number, or a list of one for each position"),
]


class Normalization(Layer):
    """Brings features to mean 0 and standard deviation 1 by known means and variances.

    Without `mean` and `variance` Keras waits for `adapt()`, which a spec cannot call: values then pass unchanged.

    Input shape: any; the dimensions at `axis` are known.

    Output shape: the input's.

    Weights: none; without `mean` and `variance` mean, variance (of the sizes of `axis`) and count, which are not trained.

    Example:
        ```yaml
        - Normalization: {mean: 33.3, variance: 6180.0}
        ```
    """

    category = "preprocessing"
    fixed_reach = "place"
    affine = True
    masks = "passes"
    stricter = {
        "no axes": "An empty list of axes is refused: the layer would divide each value by itself.",
        "no figures": "An empty list of numbers is refused: it fits no number of channels.",
    }

    axis: Axes | None = Field(
        -1, description="the axes with a mean and a variance for each position; null for one mean and one variance."
    )
    mean: Figures = Field(None, description="the mean of the data: a number, or a list of one for each position of `axis`.")
    variance: Figures = Field(None, description="the variance of the data, in the same form.")
    invert: bool = Field(False, description="whether the layer reverses the normalization.")

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes that have a mean and a variance for each position."""
        return () if self.axis is None else self.axis if isinstance(self.axis, tuple) else (self.axis,)

    @property
    def waits_for_adapt(self) -> tuple[str, ...]:
        return ("mean", "variance") if self.mean is None else ()

    @model_validator(mode="after")
    def _figures_agree(self) -> Self:
        if (self.mean is None) is not (self.variance is None):
            present, missing = ("mean", "variance") if self.variance is None else ("variance", "mean")
            raise ArgumentError(present, f"`{present}` needs `{missing}`", f"add `{missing}`, or leave out both")
        if self.mean is None:
            return self
        shape = _lengths(self.mean)
        if shape != _lengths(self.variance):
            message = f"`mean` has the shape {text(shape, batch=False)}, `variance` {text(_lengths(self.variance), batch=False)}"
            raise ArgumentError("variance", message, "give both as many figures")
        if len(shape) > len(self.axes):
            message = f"`mean` is a list of {len(shape)} dimensions, for {len(self.axes)} axes"
            raise ArgumentError("mean", message, "give one number, or name the axes in `axis`")
        return self

    def output(self, call: Call) -> Tree:
        checks.numeric(call.x, "Normalization")
        axes = self.sorted_axes(call.x.shape)
        sizes = tuple(checks.known(call.x.shape, axis, SIZE_NEEDED) for axis in axes)
        if self.mean is not None and broadcast(sizes, _lengths(self.mean)) != sizes:
            shape = _lengths(self.mean)
            raise Refusal(
                ShapeDoesNotSuit,
                f"`mean` has the shape {text(shape, batch=False)}; the axes {list(axes)} of {text(call.x.shape)} have the sizes "
                f"{text(sizes, batch=False)}",
                label=f"got {text(call.x.shape)}",
                help="give one number for all, or one for each position",
            )
        return call.result(call.x.shape)

    def output_in_pipeline(self, call: Call) -> Tree:
        self.output(call)
        message = (
            "Normalization does not work in a Pipeline: it keeps its figures in the graph that Keras looks with, and loses them"
        )
        raise Refusal(NotInModels, message, help="make it an item of its own, beside the Pipeline")

    def sorted_axes(self, shape: Shape) -> tuple[int, ...]:
        return tuple(sorted(checks.axes(self.axes, len(shape))))

    def weights(self, call: Call) -> tuple[Weight, ...]:
        if self.mean is not None:
            return ()
        sizes = tuple(call.x.shape[axis] or 0 for axis in self.sorted_axes(call.x.shape))
        figures = (Weight(name, sizes, trainable=False) for name in ("mean", "variance"))
        return (*figures, Weight("count", (), trainable=False, dtype="int64"))
