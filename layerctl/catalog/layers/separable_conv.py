from typing import ClassVar

from pydantic import Field, PositiveInt

from layerctl.base.shapes import Shape, prod
from layerctl.catalog import Activation, Constraint, Initializer, PerAxis, Regularizer
from layerctl.catalog.layers._base import Call, DataFormat, Layer, Weight
from layerctl.catalog.layers._convolution import PADDING, SLIDING, ChannelWise, Padding
from layerctl.catalog.layers._origin import Origin, Place, Sum, Term
from layerctl.catalog.layers._spatial import Sizes1, Sizes2
from layerctl.catalog.layers.conv import Conv1D, Conv2D
from layerctl.catalog.layers.depthwise_conv import DepthwiseConv1D, DepthwiseConv2D


class _SeparableConv(ChannelWise):
    """The family of SeparableConv1D and SeparableConv2D.

    Weights: depthwise_kernel (*kernel_size, channels, depth_multiplier); pointwise_kernel (1, …, 1, channels × depth_multiplier,
        filters); bias (filters,) with `use_bias`.

    MACs: output positions × channels × depth_multiplier × (product of kernel_size + filters).
    """

    linear = True
    depthwise: ClassVar[type[DepthwiseConv1D | DepthwiseConv2D]]
    pointwise: ClassVar[type[Conv1D | Conv2D]]

    filters: PositiveInt = Field(description="the number of output channels.")
    kernel_size: PerAxis = Field(description="the size of a depthwise kernel, one for all axes or one for each.")
    strides: PerAxis = Field(1, description="the step from one position to the next.")
    padding: Padding = Field("valid", description=PADDING)
    data_format: DataFormat | None = Field(None, description="`channels_last` or `channels_first`; null is `channels_last`.")
    dilation_rate: PerAxis = Field(1, description="the step between the values that a depthwise kernel looks at.")
    depth_multiplier: PositiveInt = Field(1, description="the number of depthwise kernels for each channel.")
    activation: Activation = Field(None, description="the function applied to the sums; none by default.")
    use_bias: bool = Field(True, description="whether a bias is added.")
    depthwise_initializer: Initializer = Field("glorot_uniform", description="initial values of the depthwise kernel.")
    pointwise_initializer: Initializer = Field("glorot_uniform", description="initial values of the pointwise kernel.")
    bias_initializer: Initializer = Field("zeros", description="initial values of the bias.")
    depthwise_regularizer: Regularizer = Field(None, description="a penalty on the depthwise kernel.")
    pointwise_regularizer: Regularizer = Field(None, description="a penalty on the pointwise kernel.")
    bias_regularizer: Regularizer = Field(None, description="a penalty on the bias.")
    depthwise_constraint: Constraint = Field(None, description="applied to the depthwise kernel after each update.")
    pointwise_constraint: Constraint = Field(None, description="applied to the pointwise kernel after each update.")
    bias_constraint: Constraint = Field(None, description="applied to the bias after each update.")

    def decomposed(self) -> tuple[tuple[Layer, slice], ...]:
        sliding = {key: getattr(self, key) for key in SLIDING}
        depthwise = self.depthwise.model_construct(**sliding, depth_multiplier=self.depth_multiplier, use_bias=False)
        arguments = {"data_format": self.data_format, "use_bias": self.use_bias, "activation": self.activation}
        pointwise = self.pointwise.model_construct(filters=self.filters, kernel_size=1, **arguments)
        return (depthwise, slice(0, 1)), (pointwise, slice(1, None))

    def filters_for(self, channels: int) -> int:
        return self.filters

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        unit, position = self.split(at)
        taps, outside = self.under_window(shape, position)
        between, single = (shape[self.channel_axis] or 0) * self.depth_multiplier, (0,) * len(self.axes)
        terms = tuple(
            Term(
                self.place(number // self.depth_multiplier, place),
                {
                    "depthwise_kernel": (*tap, *divmod(number, self.depth_multiplier)),
                    "pointwise_kernel": (*single, number, unit),
                },
            )
            for tap, place in taps
            for number in range(between)
        )
        return Sum(terms, unit, outside * between)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        channels = self.channels(call)
        single = (1,) * len(self.axes)
        depthwise = Weight("depthwise_kernel", (*self.kernel, channels, self.depth_multiplier))
        pointwise = Weight("pointwise_kernel", (*single, channels * self.depth_multiplier, self.filters))
        return (depthwise, pointwise, Weight("bias", (self.filters,))) if self.use_bias else (depthwise, pointwise)

    def macs_at_position(self, channels: int) -> int:
        return channels * self.depth_multiplier * ((prod(self.kernel) or 0) + self.filters)


class SeparableConv1D(_SeparableConv):
    """A convolution over sequences in two cheaper parts: one within each channel, then one across the channels.

    Example:
        ```yaml
        - SeparableConv1D: {filters: 32, kernel_size: 3, padding: same}
        ```
    """

    axes = ("steps",)
    depthwise = DepthwiseConv1D
    pointwise = Conv1D

    kernel_size: Sizes1 = Field(description="the size of a depthwise kernel, one for all axes or one for each.")
    strides: Sizes1 = Field(1, description="the step from one position to the next.")
    dilation_rate: Sizes1 = Field(1, description="the step between the values that a depthwise kernel looks at.")


class SeparableConv2D(_SeparableConv):
    """A convolution over images in two cheaper parts: one within each channel, then one across the channels.

    Example:
        ```yaml
        - SeparableConv2D: {filters: 64, kernel_size: 3, padding: same, activation: relu}
        ```
    """

    axes = ("height", "width")
    depthwise = DepthwiseConv2D
    pointwise = Conv2D

    kernel_size: Sizes2 = Field(description="the size of a depthwise kernel, one for all axes or one for each.")
    strides: Sizes2 = Field((1, 1), description="the step from one position to the next.")
    dilation_rate: Sizes2 = Field((1, 1), description="the step between the values that a depthwise kernel looks at.")
