from math import gcd
from typing import Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Shape, prod
from layerctl.catalog import Activation, ArgumentError, Constraint, Initializer, PerAxis, Regularizer
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, DataFormat, HasLora, Product, Refusal, Weight
from layerctl.catalog.layers._codes import ChannelsNotDivisible
from layerctl.catalog.layers._convolution import PADDING, CausalPadding, Convolution, Padding, check_strides_and_dilation
from layerctl.catalog.layers._origin import Origin, Place, Sum, Term
from layerctl.catalog.layers._rewriting import Windows
from layerctl.catalog.layers._spatial import Sizes1, Sizes2, Sizes3

DILATION = "the step between the values that a kernel looks at; not above 1 together with `strides`."


class _Conv(HasLora, Convolution):
    """The family of Conv1D, Conv2D and Conv3D.

    Weights: kernel (*kernel_size, channels / groups, filters); bias (filters,) with `use_bias`; with `lora_rank` the kernel is
        frozen, and lora_kernel_a (*kernel_size, channels / groups, lora_rank) and lora_kernel_b (lora_rank, filters) are trained.

    MACs: output positions × product of kernel_size × channels / groups × filters.
    """

    linear = True

    filters: PositiveInt = Field(description="the number of kernels, which is the number of output channels.")
    kernel_size: PerAxis = Field(description="the size of a kernel, one for all axes or one for each.")
    strides: PerAxis = Field(1, description="the step from one position to the next.")
    padding: Padding = Field("valid", description=PADDING)
    data_format: DataFormat | None = Field(None, description="`channels_last` or `channels_first`; null is `channels_last`.")
    dilation_rate: PerAxis = Field(1, description=DILATION)
    groups: PositiveInt = Field(
        1,
        description="the number of groups of channels, each with its own kernels; divides the input's channels and `filters`.",
    )
    activation: Activation = Field(None, description="the function applied to the sums; none by default.")
    use_bias: bool = Field(True, description="whether a bias is added.")
    kernel_initializer: Initializer = Field("glorot_uniform", description="initial values of the kernel.")
    bias_initializer: Initializer = Field("zeros", description="initial values of the bias.")
    kernel_regularizer: Regularizer = Field(None, description="a penalty on the kernel.")
    bias_regularizer: Regularizer = Field(None, description="a penalty on the bias.")
    kernel_constraint: Constraint = Field(None, description="applied to the kernel after each update.")
    bias_constraint: Constraint = Field(None, description="applied to the bias after each update.")
    lora_rank: PositiveInt | None = Field(
        None, description="the rank of a low-rank update that is trained in place of the kernel."
    )
    lora_alpha: float | None = Field(None, description="the scale of the low-rank update; `lora_rank` by default.")

    @property
    def in_groups(self) -> bool:  # type: ignore[override]  # depends on the arguments
        return self.groups > 1

    @model_validator(mode="after")
    def _arguments_agree(self) -> Self:
        check_strides_and_dilation(self)
        if self.filters % self.groups:
            message = f"{_count(self.filters, 'filter')} cannot be split into {self.groups} groups"
            good = gcd(self.filters, self.groups)
            raise ArgumentError("groups", message, f"use `groups: {good}`, or another number that divides {self.filters}")
        return self.refuse_constraint("kernel_constraint", self.kernel_constraint)

    def filters_for(self, channels: int) -> int:
        if channels % self.groups:
            good = gcd(self.filters, channels, self.groups)
            raise Refusal(
                ChannelsNotDivisible,
                f"{_count(channels, 'channel')} cannot be split into {self.groups} groups",
                label=f"got {_count(channels, 'channel')}",
                help=f"use `groups: {good}`, or another number that divides {channels} and {self.filters}",
            )
        return self.filters

    def product(self, shape: Shape) -> Product | None:
        """A product if the kernel covers a single position, or all of them at once."""
        sizes, channels = self.along(shape), shape[self.channel_axis]
        positions = prod(sizes)
        if self.groups > 1 or self.channel_axis != -1 or channels is None:
            return None
        if set(self.kernel) == {1} and set(self.each(self.strides)) == {1}:
            return Product(positions, channels, self.filters)
        if (
            positions is not None
            and self.kernel == sizes
            and self.padding == "valid"
            and set(self.each(self.dilation_rate)) == {1}
        ):
            return Product(1, positions * channels, self.filters)
        return None

    def windows(self, shape: Shape) -> Windows | None:
        return None if self.lora_enabled else self.windows_of("sum", shape, self.filters, self.groups)

    def origin(self, shape: Shape, at: Place) -> Origin | None:
        unit, position = self.split(at)
        taps, outside = self.under_window(shape, position)
        channels = (shape[self.channel_axis] or 0) // self.groups
        first = unit // (self.filters // self.groups) * channels
        terms = (
            Term(self.place(first + channel, place), {"kernel": (*tap, channel, unit)})
            for tap, place in taps
            for channel in range(channels)
        )
        return Sum(tuple(terms), unit, outside * channels)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        inputs = (*self.kernel, self.channels(call) // self.groups)
        return self.updated(*checks.kernel_and_bias((*inputs, self.filters), self.filters, self.use_bias))

    def macs_at_position(self, channels: int) -> int:
        return (prod(self.kernel) or 0) * (channels // self.groups) * self.filters


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Conv1D(_Conv):
    """A convolution over sequences: each filter slides along the steps.

    `padding: causal` pads only before the first step, so that no output depends on later input.

    Example:
        ```yaml
        - Conv1D: {filters: 32, kernel_size: 3, padding: causal, activation: relu}
        ```
    """

    axes = ("steps",)

    kernel_size: Sizes1 = Field(description="the size of a kernel, one for all axes or one for each.")
    strides: Sizes1 = Field(1, description="the step from one position to the next.")
    padding: CausalPadding = Field("valid", description=PADDING)  # type: ignore[assignment]  # more values than in the family, as in Keras
    dilation_rate: Sizes1 = Field(1, description=DILATION)


class Conv2D(_Conv):
    """A convolution over images: each filter slides along height and width.

    Example:
        ```yaml
        - Conv2D: {filters: 32, kernel_size: 3, activation: relu}
        ```
    """

    axes = ("height", "width")

    kernel_size: Sizes2 = Field(description="the size of a kernel, one for all axes or one for each.")
    strides: Sizes2 = Field((1, 1), description="the step from one position to the next.")
    dilation_rate: Sizes2 = Field((1, 1), description=DILATION)


class Conv3D(_Conv):
    """A convolution over volumes or videos: each filter slides along depth, height and width.

    Example:
        ```yaml
        - Conv3D: {filters: 16, kernel_size: [1, 3, 3], padding: same}
        ```
    """

    axes = ("depth", "height", "width")

    kernel_size: Sizes3 = Field(description="the size of a kernel, one for all axes or one for each.")
    strides: Sizes3 = Field((1, 1, 1), description="the step from one position to the next.")
    dilation_rate: Sizes3 = Field((1, 1, 1), description=DILATION)
