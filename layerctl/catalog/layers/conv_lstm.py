from typing import Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Shape, prod, text
from layerctl.catalog import Activation, Constraint, Initializer, PerAxis, Rate, Regularizer
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, DataFormat, HasActivation, Reach, Tree, Weight
from layerctl.catalog.layers._cells import check_activations, check_forget_bias
from layerctl.catalog.layers._convolution import Padding, check_strides_and_dilation
from layerctl.catalog.layers._noise import drawn_in_compute_dtype
from layerctl.catalog.layers._recurrent import Loop
from layerctl.catalog.layers._spatial import Sizes1, Sizes2, Sizes3, Spatial

DILATION = "the step between the values of the input that a kernel looks at; not above 1 together with `strides`."


class _Arguments(HasActivation, Spatial):
    """The arguments of the cell; Keras's constructor has them before those of the loop."""

    filters: PositiveInt = Field(description="the number of channels of the state, and of the output.")
    kernel_size: PerAxis = Field(description="the size of the kernels, one for all axes or one for each.")
    strides: PerAxis = Field(1, description="the step from one position of the input to the next.")
    padding: Padding = Field(
        "valid",
        description="padding of the input: `valid` (none) or `same` (padded: only `strides` shrinks the output); in any "
        "letter case.",
    )
    data_format: DataFormat | None = Field(None, description="`channels_last` or `channels_first`; null is `channels_last`.")
    dilation_rate: PerAxis = Field(1, description=DILATION)
    activation: Activation = Field(
        "tanh", description="the function applied to the new content of the cell state, and to its output."
    )
    recurrent_activation: Activation = Field("sigmoid", description="the function applied to the gates.")
    use_bias: bool = Field(True, description="whether a bias is added.")
    kernel_initializer: Initializer = Field("glorot_uniform", description="initial values of the kernel, for the input.")
    recurrent_initializer: Initializer = Field("orthogonal", description="initial values of the recurrent kernel, for the state.")
    bias_initializer: Initializer = Field("zeros", description="initial values of the bias.")
    unit_forget_bias: bool = Field(
        True, description="whether the forget gate's bias starts at 1, so that at first the state is kept."
    )
    kernel_regularizer: Regularizer = Field(None, description="a penalty on the kernel.")
    recurrent_regularizer: Regularizer = Field(None, description="a penalty on the recurrent kernel.")
    bias_regularizer: Regularizer = Field(None, description="a penalty on the bias.")
    kernel_constraint: Constraint = Field(None, description="applied to the kernel after each update.")
    recurrent_constraint: Constraint = Field(None, description="applied to the recurrent kernel after each update.")
    bias_constraint: Constraint = Field(None, description="applied to the bias after each update.")
    dropout: Rate = Field(0.0, description="the share of the inputs that is dropped in training.")
    recurrent_dropout: Rate = Field(0.0, description="the share of the state that is dropped in training.")
    seed: int | None = Field(None, description="makes the dropout repeatable.")


class _ConvLSTM(Loop, _Arguments):
    """The family of ConvLSTM1D, ConvLSTM2D and ConvLSTM3D.

    The convolution of the state has a stride of 1, no dilation and `padding: same`, so that the state keeps its size.

    Call arguments: `initial_state`, a list of two tensors h and c, each of the shape of one step of the output; `mask`
    (batch, steps), true where a step counts; `training`.

    Weights: kernel (*kernel_size, channels, 4 filters), recurrent_kernel (*kernel_size, filters, 4 filters), bias (4 filters);
    the order of the gates is input, forget, content, output.

    MACs: steps × output positions × product of kernel_size × 4 × filters × (channels + filters).
    """

    fixed_by_first_call = "step"
    can_be_frozen = False
    makes_channels = True
    stricter = {
        "dropout": "A rate of dropout outside 0 … 1 is refused; Keras takes the nearest good one.",
    }

    @model_validator(mode="after")
    def _arguments_agree(self) -> Self:
        check_strides_and_dilation(self)
        check_forget_bias(self.use_bias and self.unit_forget_bias, self.bias_initializer)
        return self

    def output(self, call: Call) -> Tree:
        one = call.result(self.one_step(call.x.shape))
        checks.floating(call.x, self.keras_name())
        if 0 < self.dropout < 1:
            drawn_in_compute_dtype(call, f"the dropout of {self.keras_name()}")
        check_activations(self, call, one.shape)
        return self.looped(call, one, (one, one))

    def one_step(self, shape: Shape) -> Shape:
        """The shape of one step of the output, and of each state."""
        names = ("channels", *self.axes) if self.channel_axis == 1 else (*self.axes, "channels")
        axes = f"(batch, steps, {', '.join(names)})"
        checks.rank(shape, len(self.axes) + 3, axes=axes, help=f"give the input the shape [steps, {', '.join(names)}]")
        step = (shape[0], *shape[2:])
        for axis in range(1, len(step)):
            checks.known(step, axis, f"the state needs to know all axes of a step but the batch, {text(step)}")
        sizes = self.window_positions(self.along(step), "kernel_size", self.strides, self.padding, self.dilation_rate)
        return self.shaped(step, sizes, self.filters)

    def reach(self, shape: Shape) -> Reach:
        return None

    def channels_at(self, rank: int) -> int | None:
        return 2 if self.channels_first else rank - 1

    def channels(self, call: Call) -> int:
        return call.x.shape[2 if self.channel_axis == 1 else -1] or 0

    def weights(self, call: Call) -> tuple[Weight, ...]:
        sizes, width = self.each(self.kernel_size), 4 * self.filters
        kernel = Weight("kernel", (*sizes, self.channels(call), width))
        recurrent = Weight("recurrent_kernel", (*sizes, self.filters, width))
        return (kernel, recurrent, Weight("bias", (width,))) if self.use_bias else (kernel, recurrent)

    def macs(self, call: Call, output: Tree) -> int | None:
        positions = self.along(self.one_step(call.x.shape))
        at_position = 4 * self.filters * (self.channels(call) + self.filters)
        return prod((call.x.shape[1], *positions, *self.each(self.kernel_size), at_position))


class ConvLSTM1D(_ConvLSTM):
    """An LSTM over a sequence of rows: its kernels slide along each of them (Shi et al., 2015).

    Input shape: (batch, steps, width, channels), or (batch, steps, channels, width) with `data_format: channels_first`.

    Output shape: (batch, new_width, filters), or (batch, steps, new_width, filters) with `return_sequences`; with `return_state`
        a list: this, then the states h and c, each (batch, new_width, filters). With `channels_first` the filters stand before
        the width.

    Example:
        ```yaml
        - ConvLSTM1D: {filters: 16, kernel_size: 3, padding: same, return_sequences: true}
        ```
    """

    axes = ("width",)

    kernel_size: Sizes1 = Field(description="the size of the kernels, one for all axes or one for each.")
    strides: Sizes1 = Field(1, description="the step from one position of the input to the next.")
    dilation_rate: Sizes1 = Field(1, description=DILATION)


class ConvLSTM2D(_ConvLSTM):
    """An LSTM over a sequence of images: its kernels slide along height and width of each of them (Shi et al., 2015).

    Input shape: (batch, steps, height, width, channels), or (batch, steps, channels, height, width) with
        `data_format: channels_first`.

    Output shape: (batch, new_height, new_width, filters), or (batch, steps, new_height, new_width, filters) with
        `return_sequences`; with `return_state` a list: this, then the states h and c, each of the shape of one step. With
        `channels_first` the filters stand before the height.

    Example:
        ```yaml
        - ConvLSTM2D: {filters: 16, kernel_size: 3, padding: same, return_sequences: true}
        ```
    """

    axes = ("height", "width")

    kernel_size: Sizes2 = Field(description="the size of the kernels, one for all axes or one for each.")
    strides: Sizes2 = Field(1, description="the step from one position of the input to the next.")
    dilation_rate: Sizes2 = Field(1, description=DILATION)


class ConvLSTM3D(_ConvLSTM):
    """An LSTM over a sequence of volumes: its kernels slide along depth, height and width of each of them (Shi et al., 2015).

    Input shape: (batch, steps, depth, height, width, channels), or (batch, steps, channels, depth, height, width) with
        `data_format: channels_first`.

    Output shape: (batch, new_depth, new_height, new_width, filters), with the steps after the batch with `return_sequences`;
        with `return_state` a list: this, then the states h and c, each of the shape of one step. With `channels_first` the
        filters stand before the depth.

    Example:
        ```yaml
        - ConvLSTM3D: {filters: 8, kernel_size: 3, padding: same}
        ```
    """

    axes = ("depth", "height", "width")

    kernel_size: Sizes3 = Field(description="the size of the kernels, one for all axes or one for each.")
    strides: Sizes3 = Field(1, description="the step from one position of the input to the next.")
    dilation_rate: Sizes3 = Field(1, description=DILATION)
