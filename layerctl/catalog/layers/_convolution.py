"""The base classes of convolutions: output shape, checks of dtypes, and MACs."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, WithJsonSchema

from layerctl.base.shapes import Shape, Tensor, prod
from layerctl.catalog import ArgumentError, in_any_case
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, HasActivation, Reach, Read, Refusal, Slide, Tree
from layerctl.catalog.layers._codes import WrongDtype
from layerctl.catalog.layers._origin import Window
from layerctl.catalog.layers._spatial import Spatial

# Keras accepts upper and lower case here, as documented.
lower = BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)
Padding = Annotated[Literal["valid", "same"], lower, WithJsonSchema(in_any_case("valid", "same"))]
PADDING = "`valid` (no padding) or `same` (padded: only `strides` shrinks the output); in any letter case."
CausalPadding = Annotated[Literal["valid", "same", "causal"], lower, WithJsonSchema(in_any_case("valid", "same", "causal"))]


class Convolution(HasActivation, Spatial):
    """A layer that moves a kernel along its axes; a family adds arguments, weights, `filters_for` and `macs_at_position`.

    Class attributes:
        in_groups: whether each channel of the output is computed from some channels of the input only.
    """

    category = "convolutional"
    output_channels = "filters"
    is_matrix = True
    moves_window = True
    makes_channels = True
    in_groups: ClassVar[bool] = False

    if TYPE_CHECKING:  # each family declares them where Keras's constructor has them
        kernel_size: Any
        strides: Any
        padding: str
        dilation_rate: Any
        use_bias: bool

    def filters_for(self, channels: int) -> int:
        """The output's channels."""
        raise NotImplementedError

    def macs_at_position(self, channels: int) -> int:
        """MACs at one position of the kernel."""
        raise NotImplementedError

    def positions(self, sizes: Shape) -> Shape:
        """The output's sizes along the layer's axes."""
        return self.window_positions(sizes, "kernel_size", self.strides, self.padding, self.dilation_rate)

    @property
    def with_same_size(self) -> Self | None:
        cuts = self.padding == "valid" and set(self.each(self.strides)) == {1} and max(self.kernel) > 1
        return self.model_copy(update={"padding": "same"}) if cuts else None

    @property
    def bias_axis(self) -> int | None:
        return self.channel_axis if self.use_bias else None

    def reach(self, shape: Shape) -> Reach:
        channel = Read(None, among=(self.channel_axis % len(shape),) if self.in_groups else ())
        return self.spatially(self.windows_read(shape), channel)

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        spans = (rate * (size - 1) + 1 for size, rate in zip(self.kernel, self.each(self.dilation_rate), strict=True))
        return tuple(map(Slide, self.along(shape), spans, self.each(self.strides)))

    def moving_windows(self, shape: Shape) -> tuple[Window, ...]:
        sizes, dilation = self.along(shape), self.each(self.dilation_rate)
        rows = zip(sizes, self.positions(sizes), self.kernel, self.each(self.strides), dilation, strict=True)
        return tuple(Window(dim or 0, positions or 0, n, stride, step, self.padding) for dim, positions, n, stride, step in rows)

    @property
    def kernel(self) -> tuple[int, ...]:
        return self.each(self.kernel_size)

    def output(self, call: Call) -> Tree:
        shape = self.compute_output_shape(call.x.shape)
        self.check_dtype(call)
        return call.result(shape)

    def compute_output_shape(self, shape: Shape) -> Shape:
        self.check_rank(shape)
        channels = checks.known(shape, self.channel_axis, "the kernel needs to know the number of channels")
        return self.shaped(shape, self.positions(self.along(shape)), self.filters_for(channels))

    def check_dtype(self, call: Call) -> None:
        """TensorFlow convolves floats of the kernel's dtype only; Keras fails when the model runs."""
        checks.floating(call.x, self.keras_name())
        if call.x.dtype != call.policy.compute:
            raise Refusal(
                WrongDtype,
                f"expected an input of {call.policy.compute}, the dtype of the kernel; got {call.x.dtype}",
                label=f"got {call.x.dtype}",
                help="leave out `autocast: false`",
            )

    def channels(self, call: Call) -> int:
        """The input's channels, which `compute_output_shape` has checked to be known."""
        return call.x.shape[self.channel_axis] or 0

    def macs(self, call: Call, output: Tree) -> int | None:
        assert isinstance(output, Tensor)
        return prod((*self.along(output.shape), self.macs_at_position(self.channels(call))))


SLIDING = ("kernel_size", "strides", "padding", "data_format", "dilation_rate")
"""The arguments that say how a kernel moves."""


class ChannelWise(Convolution):
    """A convolution whose first step works within each channel: depthwise or separable."""

    def check_dtype(self, call: Call) -> None:
        """Without dilation, TensorFlow needs equal strides in float16 and float64."""
        super().check_dtype(call)
        strides = self.each(self.strides)
        if len(set(strides)) > 1 and max(self.each(self.dilation_rate)) == 1 and call.x.dtype in ("float16", "float64"):
            raise Refusal(
                WrongDtype,
                f"{self.keras_name()} in {call.x.dtype} needs equal strides; got {list(strides)}",
                label=f"runs in {call.x.dtype}",
                help=f"use `strides: {min(strides)}`, or `dtype: float32` for this layer",
            )


def check_strides_and_dilation(layer: Any) -> None:
    """Refuses strides and dilation that are both above 1, as Keras does."""
    if max(layer.each(layer.strides)) > 1 and max(layer.each(layer.dilation_rate)) > 1:
        message = "`strides` above 1 and `dilation_rate` above 1 exclude each other"
        raise ArgumentError("dilation_rate", message, "set `strides: 1` or `dilation_rate: 1`")
