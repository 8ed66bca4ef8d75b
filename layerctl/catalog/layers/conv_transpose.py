from itertools import product
from typing import Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Dim, Shape, add, prod, scale
from layerctl.catalog import Activation, ArgumentError, Constraint, Initializer, PerAxis, Regularizer
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, DataFormat, Reach, Read, Slide, Tree, Weight
from layerctl.catalog.layers._convolution import Convolution, Padding, check_strides_and_dilation
from layerctl.catalog.layers._origin import Origin, Place, Sum, Term, Window
from layerctl.catalog.layers._receptive_field import MOST_PHASES
from layerctl.catalog.layers._spatial import Paddings1, Paddings2, Paddings3, Sizes1, Sizes2, Sizes3

OUTPUT_PADDING = "positions to add at the end, fewer than `strides`; by default as in the formulas above."
DILATION = "the step between output positions under the kernel; not above 1 together with `strides`."


class _ConvTranspose(Convolution):
    """The family of Conv1DTranspose, Conv2DTranspose and Conv3DTranspose.

    Along an axis of n positions, with a kernel that spans k = dilation_rate × (kernel_size - 1) + 1, the output has
    (n - 1) × strides + max(k, strides) positions with `padding: valid` and n × strides with `padding: same`. With
    `output_padding` it has (n - 1) × strides + k + output_padding and (n - 1) × strides + k % 2 + output_padding.

    Weights: kernel (*kernel_size, filters, channels); bias (filters,) with `use_bias`.

    MACs: input positions × product of kernel_size × channels × filters.
    """

    linear = True
    kernel_outputs = (-2,)
    moves_window = False  # the window moves over the output

    filters: PositiveInt = Field(description="the number of kernels, which is the number of output channels.")
    kernel_size: PerAxis = Field(description="the size of a kernel, one for all axes or one for each.")
    strides: PerAxis = Field(1, description="the distance in the output between two neighbouring input positions.")
    padding: Padding = Field(
        "valid",
        description="`valid` (the whole output) or `same` (cropped to the input's size times the stride); in any letter case.",
    )
    output_padding: PerAxis | None = Field(None, description=OUTPUT_PADDING)
    data_format: DataFormat | None = Field(None, description="`channels_last` or `channels_first`; null is `channels_last`.")
    dilation_rate: PerAxis = Field(1, description=DILATION)
    activation: Activation = Field(None, description="the function applied to the sums; none by default.")
    use_bias: bool = Field(True, description="whether a bias is added.")
    kernel_initializer: Initializer = Field("glorot_uniform", description="initial values of the kernel.")
    bias_initializer: Initializer = Field("zeros", description="initial values of the bias.")
    kernel_regularizer: Regularizer = Field(None, description="a penalty on the kernel.")
    bias_regularizer: Regularizer = Field(None, description="a penalty on the bias.")
    kernel_constraint: Constraint = Field(None, description="applied to the kernel after each update.")
    bias_constraint: Constraint = Field(None, description="applied to the bias after each update.")

    @model_validator(mode="after")
    def _arguments_agree(self) -> Self:
        check_strides_and_dilation(self)
        if self.output_padding is None:
            return self
        for extra, stride, span in zip(self.each(self.output_padding), self.each(self.strides), self.spans, strict=True):
            if extra >= stride:
                message = f"`output_padding` must be below `strides`; got {extra} where the stride is {stride}"
                raise ArgumentError("output_padding", message, "leave out `output_padding`, or use larger `strides`")
            if self.padding == "same" and extra == 0 and span % 2 == 0:
                # Keras builds this one, but TensorFlow fails: such an output belongs to a smaller input.
                message = f"`output_padding: 0` with `padding: same` needs a kernel of odd width; got one that spans {span}"
                raise ArgumentError("output_padding", message, "leave out `output_padding`, or use an odd `kernel_size`")
        return self

    @property
    def spans(self) -> tuple[int, ...]:
        """The extent of the kernel along each axis, with dilation."""
        return tuple(step * (size - 1) + 1 for size, step in zip(self.kernel, self.each(self.dilation_rate), strict=True))

    def filters_for(self, channels: int) -> int:
        return self.filters

    def reach(self, shape: Shape) -> Reach:
        return super().reach(shape) if max(self.each(self.strides)) <= MOST_PHASES else None

    def windows_read(self, shape: Shape) -> tuple[Read, ...]:
        known = tuple(dim or 1 for dim in shape)  # where the window lies does not depend on the length
        windows = self.moving_windows(known)
        return tuple(window.read_transposed(axis) for axis, window in enumerate(windows, 2 if self.channels_first else 1))

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        return ()

    def moving_windows(self, shape: Shape) -> tuple[Window, ...]:
        """How the window moves over the output: the layer is the gradient of a convolution from output to input."""
        return tuple(window._replace(dim=window.positions, positions=window.dim) for window in super().moving_windows(shape))

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        unit, position = self.split(at)
        along = [tuple(window.covering(place)) for window, place in zip(self.moving_windows(shape), position, strict=True)]
        taps = ((tuple(tap for tap, _ in chosen), tuple(place for _, place in chosen)) for chosen in product(*along))
        terms = (
            Term(self.place(channel, place), {"kernel": (*tap, unit, channel)})
            for tap, place in taps
            for channel in range(shape[self.channel_axis] or 0)
        )
        return Sum(tuple(terms), unit)

    def positions(self, sizes: Shape) -> Shape:
        extra = (None,) * len(self.axes) if self.output_padding is None else self.each(self.output_padding)
        rows = zip(sizes, self.each(self.strides), self.spans, extra, strict=True)
        return tuple(self._output_size(*row) for row in rows)

    def _output_size(self, size: Dim, stride: int, span: int, extra: int | None) -> Dim:
        """The output's size along one axis, by the formulas in the class's docstring."""
        if self.padding == "valid":
            return add(scale(size, stride), -stride, max(span, stride) if extra is None else span + extra)
        return scale(size, stride) if extra is None else add(scale(size, stride), -stride, span % 2 + extra)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        return checks.kernel_and_bias((*self.kernel, self.filters, self.channels(call)), self.filters, self.use_bias)

    def macs_at_position(self, channels: int) -> int:
        return (prod(self.kernel) or 0) * channels * self.filters

    def macs(self, call: Call, output: Tree) -> int | None:
        return prod((*self.along(call.x.shape), self.macs_at_position(self.channels(call))))


class Conv1DTranspose(_ConvTranspose):
    """A transposed convolution over sequences: each step is spread over several, to make the sequence longer.

    Example:
        ```yaml
        - Conv1DTranspose: {filters: 16, kernel_size: 3, strides: 2, padding: same}
        ```
    """

    axes = ("steps",)

    kernel_size: Sizes1 = Field(description="the size of a kernel, one for all axes or one for each.")
    strides: Sizes1 = Field(1, description="the distance in the output between two neighbouring input positions.")
    output_padding: Paddings1 | None = Field(None, description=OUTPUT_PADDING)
    dilation_rate: Sizes1 = Field(1, description=DILATION)


class Conv2DTranspose(_ConvTranspose):
    """A transposed convolution over images: each pixel is spread over several, to make the image larger.

    Example:
        ```yaml
        - Conv2DTranspose: {filters: 32, kernel_size: 3, strides: 2, padding: same, activation: relu}
        ```
    """

    axes = ("height", "width")

    kernel_size: Sizes2 = Field(description="the size of a kernel, one for all axes or one for each.")
    strides: Sizes2 = Field((1, 1), description="the distance in the output between two neighbouring input positions.")
    output_padding: Paddings2 | None = Field(None, description=OUTPUT_PADDING)
    dilation_rate: Sizes2 = Field((1, 1), description=DILATION)


class Conv3DTranspose(_ConvTranspose):
    """A transposed convolution over volumes: each voxel is spread over several, to make the volume larger.

    Example:
        ```yaml
        - Conv3DTranspose: {filters: 8, kernel_size: 2, strides: 2}
        ```
    """

    axes = ("depth", "height", "width")

    kernel_size: Sizes3 = Field(description="the size of a kernel, one for all axes or one for each.")
    strides: Sizes3 = Field((1, 1, 1), description="the distance in the output between two neighbouring input positions.")
    output_padding: Paddings3 | None = Field(None, description=OUTPUT_PADDING)
    dilation_rate: Sizes3 = Field((1, 1, 1), description=DILATION)
