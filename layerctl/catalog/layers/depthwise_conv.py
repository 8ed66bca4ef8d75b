from pydantic import Field, PositiveInt

from layerctl.base.shapes import Shape, prod
from layerctl.catalog import Activation, Constraint, Initializer, PerAxis, Regularizer
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, DataFormat, Weight
from layerctl.catalog.layers._convolution import PADDING, ChannelWise, Padding
from layerctl.catalog.layers._origin import Origin, Place, Sum, Term
from layerctl.catalog.layers._rewriting import Windows
from layerctl.catalog.layers._spatial import Sizes1, Sizes2


class _DepthwiseConv(ChannelWise):
    """The family of DepthwiseConv1D and DepthwiseConv2D.

    Weights: kernel (*kernel_size, channels, depth_multiplier); bias (channels × depth_multiplier,) with `use_bias`.

    MACs: output positions × product of kernel_size × channels × depth_multiplier.
    """

    output_channels = "channels × depth_multiplier"
    in_groups = True
    kernel_outputs = (-2, -1)

    kernel_size: PerAxis = Field(description="the size of a kernel, one for all axes or one for each.")
    strides: PerAxis = Field(1, description="the step from one position to the next.")
    padding: Padding = Field("valid", description=PADDING)
    depth_multiplier: PositiveInt = Field(1, description="the number of kernels, and of output channels, for each input channel.")
    data_format: DataFormat | None = Field(None, description="`channels_last` or `channels_first`; null is `channels_last`.")
    dilation_rate: PerAxis = Field(1, description="the step between the values that a kernel looks at.")
    activation: Activation = Field(None, description="the function applied to the sums; none by default.")
    use_bias: bool = Field(True, description="whether a bias is added.")
    depthwise_initializer: Initializer = Field("glorot_uniform", description="initial values of the kernel.")
    bias_initializer: Initializer = Field("zeros", description="initial values of the bias.")
    depthwise_regularizer: Regularizer = Field(None, description="a penalty on the kernel.")
    bias_regularizer: Regularizer = Field(None, description="a penalty on the bias.")
    depthwise_constraint: Constraint = Field(None, description="applied to the kernel after each update.")
    bias_constraint: Constraint = Field(None, description="applied to the bias after each update.")

    def filters_for(self, channels: int) -> int:
        return channels * self.depth_multiplier

    def windows(self, shape: Shape) -> Windows | None:
        channels = shape[self.channel_axis] or 0
        return self.windows_of("sum", shape, self.filters_for(channels), channels)

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        unit, position = self.split(at)
        channel, number = divmod(unit, self.depth_multiplier)
        taps, outside = self.under_window(shape, position)
        terms = (Term(self.place(channel, place), {"kernel": (*tap, channel, number)}) for tap, place in taps)
        return Sum(tuple(terms), unit, outside)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        channels = self.channels(call)
        return checks.kernel_and_bias((*self.kernel, channels, self.depth_multiplier), self.filters_for(channels), self.use_bias)

    def macs_at_position(self, channels: int) -> int:
        return (prod(self.kernel) or 0) * self.filters_for(channels)


class DepthwiseConv1D(_DepthwiseConv):
    """A convolution over sequences that works on each channel separately, with its own kernels.

    Example:
        ```yaml
        - DepthwiseConv1D: {kernel_size: 3, padding: same}
        ```
    """

    axes = ("steps",)

    kernel_size: Sizes1 = Field(description="the size of a kernel, one for all axes or one for each.")
    strides: Sizes1 = Field(1, description="the step from one position to the next.")
    dilation_rate: Sizes1 = Field(1, description="the step between the values that a kernel looks at.")


class DepthwiseConv2D(_DepthwiseConv):
    """A convolution over images that works on each channel separately, with its own kernels.

    Example:
        ```yaml
        - DepthwiseConv2D: {kernel_size: 3, padding: same}
        ```
    """

    axes = ("height", "width")

    kernel_size: Sizes2 = Field(description="the size of a kernel, one for all axes or one for each.")
    strides: Sizes2 = Field((1, 1), description="the step from one position to the next.")
    dilation_rate: Sizes2 = Field((1, 1), description="the step between the values that a kernel looks at.")
