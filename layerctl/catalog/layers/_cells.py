"""Shared by recurrent layers and their cells: arguments, and the rules of one step."""

from typing import Any, ClassVar, Self

from pydantic import Field, PositiveInt, model_validator

from layerctl.base.shapes import Shape, Tensor, same, text
from layerctl.catalog import Activation, ArgumentError, Constraint, Initializer, Rate, Regularizer
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import (
    FLOATS,
    Call,
    FixedReach,
    HasActivation,
    Layer,
    Policy,
    Refusal,
    Tree,
    Weight,
    leaves,
)
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongDtype
from layerctl.catalog.layers._wrapper import inner_call


class OfUnits(HasActivation, Layer):
    """The arguments of a cell that computes `units` values, and of the layer that runs it.

    Class attributes:
        gates: the number of matrices of `units` columns that its kernels hold side by side.
        states: the names of the tensors that it carries from step to step.
    """

    category = "rnn"
    fixed_reach: ClassVar[FixedReach] = "all"
    gates: ClassVar[int]
    states: ClassVar[tuple[str, ...]] = ("h",)
    stricter = {
        "dropout": "A dropout rate outside 0 … 1 is refused; Keras takes the nearest valid one.",
    }

    units: PositiveInt = Field(description="the size of the state, and of the output.")
    activation: Activation = Field("tanh", description="the function applied to the sums.")
    use_bias: bool = Field(True, description="whether a bias is added.")
    kernel_initializer: Initializer = Field("glorot_uniform", description="initial values of the kernel, for the input.")
    recurrent_initializer: Initializer = Field("orthogonal", description="initial values of the recurrent kernel, for the state.")
    bias_initializer: Initializer = Field("zeros", description="initial values of the bias.")
    kernel_regularizer: Regularizer = Field(None, description="a penalty on the kernel.")
    recurrent_regularizer: Regularizer = Field(None, description="a penalty on the recurrent kernel.")
    bias_regularizer: Regularizer = Field(None, description="a penalty on the bias.")
    kernel_constraint: Constraint = Field(None, description="applied to the kernel after each update.")
    recurrent_constraint: Constraint = Field(None, description="applied to the recurrent kernel after each update.")
    bias_constraint: Constraint = Field(None, description="applied to the bias after each update.")
    dropout: Rate = Field(0.0, description="the share of the inputs that is dropped in training.")
    recurrent_dropout: Rate = Field(0.0, description="the share of the state that is dropped in training.")
    seed: int | None = Field(None, description="makes the dropout repeatable.")

    def check_step(self, call: Call) -> None:
        """Checks the input of one step, (batch, features)."""
        x, name = call.x, type(self).keras_name()
        checks.numeric(x, name)
        if 0 < self.dropout < 1:  # TensorFlow scales the values it keeps, which needs floats; at 1 it keeps none
            checks.floating(x, f"{name} with `dropout`")
        checks.known(x.shape, -1, "the kernel needs to know the number of features")
        check_activations(self, call, (x.shape[0], self.units))

    def check_dropout(self, x: Tensor, compute: str) -> None:
        """Refuses dropout of an input that the cell would cast later. At a rate of 1, cells with gates drop nothing."""
        drops = self.dropout and (self.dropout < 1 or self.gates == 1)
        if drops and x.dtype in FLOATS and x.dtype != compute:
            message = f"a cell that works in {compute} cannot drop inputs of {x.dtype}"
            help = f"bring the input to {compute}, as `autocast` and one `dtype` for layer and cell do, or leave out `dropout`"
            raise Refusal(WrongDtype, message, help=help)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        features, width = call.x.shape[-1] or 0, self.gates * self.units
        kernels = Weight("kernel", (features, width)), Weight("recurrent_kernel", (self.units, width))
        return (*kernels, Weight("bias", self.bias_shape())) if self.use_bias else kernels

    def bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    def macs_of_step(self, call: Call) -> int:
        return self.gates * self.units * ((call.x.shape[-1] or 0) + self.units)


class Gates(OfUnits):
    """A cell whose gates have a separate activation."""

    recurrent_activation: Activation = Field("sigmoid", description="the function applied to the gates.")


class LongShortTerm(Gates):
    """The arguments of an LSTM: a cell state `c` beside the hidden state `h`."""

    gates = 4
    states = ("h", "c")

    activation: Activation = Field(
        "tanh", description="the function applied to the new content of the cell state, and to its output."
    )
    unit_forget_bias: bool = Field(
        True, description="whether the forget gate's bias starts at 1, so that at first the state is kept."
    )

    @model_validator(mode="after")
    def _bias_begins_in_parts(self) -> Self:
        check_forget_bias(self.use_bias and self.unit_forget_bias, self.bias_initializer)
        return self


class ResetAndUpdate(Gates):
    """The arguments of a GRU: update and reset gates over one state."""

    gates = 3

    activation: Activation = Field("tanh", description="the function applied to the new content of the state.")
    reset_after: bool = Field(
        True, description="whether the reset gate is applied after the multiplication by the recurrent kernel, as cuDNN does."
    )

    def bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)


class Cell(Layer):
    """A cell, which RNN runs over the steps of a sequence: from an input and states to an output and the next states.

    Class attributes:
        stacked: whether it holds several cells, each with its states.
    """

    category = "rnn"
    fixed_reach: ClassVar[FixedReach] = "all"
    call_arguments = ("inputs", "states", "training")
    required_arguments = ("states",)
    stacked: ClassVar[bool] = False
    activation_is_last = False
    stricter = {
        "states": "Too many states are refused, which Keras ignores, and a single tensor for several states, of which Keras "
        "takes the rows.",
        "dtypes of a cell": "A cell outside RNN is checked as if RNN ran it.",
        "dropout of a cell": "Dropout is refused outside RNN, where a cell drops the same values for all batches, or fails.",
    }

    @property
    def parts(self) -> "tuple[Cell, ...]":
        """The cells of a stack; else only the cell itself."""
        return (self,)

    def state(self, batch: int | None, policy: Policy) -> Tree:
        """The states: one tensor, or a tuple of several; of a stack, a tuple with the states of each cell."""
        raise NotImplementedError

    def step(self, call: Call) -> Tensor:
        """The output of one step, whatever the states.

        Raises:
            Refusal: the cell cannot work on this input.
        """
        raise NotImplementedError

    def after_step(self, states: Tree, call: Call) -> Tree:
        """The next states, in the structure in which Keras returns them for states of this structure."""
        raise NotImplementedError

    def check_loop(self, call: Call, *, unrolled: bool, masked: bool) -> None:
        """Refuses a call that `step` accepts but RNN cannot run."""

    @property
    def drops(self) -> str | None:
        """The name of an argument that makes it drop values in training, or None."""
        return next((name for name in ("dropout", "recurrent_dropout") if getattr(self, name, 0)), None)

    def output(self, call: Call) -> Tree:
        """The output and the next states of a call outside RNN."""
        name = type(self).keras_name()
        checks.rank(call.x.shape, 2, help="a cell works on one step; RNN runs it over the steps of a sequence")
        if self.drops is not None:
            message = f"{name} keeps what `{self.drops}` drops from one batch to the next where no RNN runs it"
            raise Refusal(ShapeDoesNotSuit, message, help=f"leave out `{self.drops}`, or put the cell into RNN")
        states = call.arguments.get("states", ())
        check_states(states, self.state(call.x.shape[0], call.policy), f"the `states` of {name}", "states", stacked=self.stacked)
        self.check_state_dtype(states)
        output = self.step(call)
        return output, self.after_step(states, call)

    def check_state_dtype(self, states: Tree) -> None:
        """Refuses integer states where gates multiply the state; outside RNN Keras does not cast them."""


class UnitCell(OfUnits, Cell):
    """A single cell with `units` values.

    Input shape: (batch, features).

    Output shape: the output, (batch, units), and the next states in the structure of those given: `[1]`, or `[1][0]` for a list.
    """

    def check_state_dtype(self, states: Tree) -> None:
        multiplied = [*leaves(states)][-1]
        if self.gates > 1 and multiplied.dtype not in FLOATS:
            message = f"{type(self).keras_name()} multiplies its state by floats; got a state of {multiplied.dtype}"
            raise Refusal(
                WrongDtype, message, label=f"got {multiplied.dtype}", help="use states of floats: `ops.cast: float32` makes them"
            )

    def state(self, batch: int | None, policy: Policy) -> Tree:
        one = Tensor((batch, self.units), policy.compute)
        return one if len(self.states) == 1 else (one,) * len(self.states)

    def step(self, call: Call) -> Tensor:
        x = call.x
        if x.dtype in FLOATS and x.dtype != call.policy.compute:
            message = f"{type(self).keras_name()} works in {call.policy.compute}; it is given {x.dtype}"
            raise Refusal(WrongDtype, message, label=f"got {x.dtype}", help="leave out `autocast: false`")
        self.check_step(call)
        return call.result((x.shape[0], self.units))

    def after_step(self, states: Tree, call: Call) -> Tree:
        one = call.result((call.x.shape[0], self.units))
        return one if isinstance(states, Tensor) else (one,) * len(self.states)

    def macs(self, call: Call, output: Tree) -> int | None:
        return self.macs_of_step(call)


def check_is_cell(layer: Layer, field: str, around: str) -> None:
    """Refuses a layer that is not a cell, such as LSTM, which has its cell built in."""
    if isinstance(layer, Cell):
        return
    name = layer.keras_name()
    built_in = isinstance(layer, OfUnits)
    help = f"write `{name}Cell`, or use {name} without {around}" if built_in else "use LSTMCell, GRUCell or SimpleRNNCell"
    raise ArgumentError(field, f"{around} runs cells, which do one step; {name} is none", help)


def stepped(call: Call, cell: Layer, x: Tensor) -> Call:
    """The call of a cell on one step `x`; `call` is that of the layer or stack around it."""
    inner = inner_call(call, cell, x, {})
    if cell.autocast and x.dtype in FLOATS:
        return inner._replace(inputs=Tensor(x.shape, inner.policy.compute))
    return inner


def check_activations(layer: Layer, call: Call, shape: Shape) -> None:
    """Checks activations that are layers: they work on one step, in the dtype of the layer around them."""
    for name in ("activation", "recurrent_activation"):
        activation = getattr(layer, name, None)
        if not isinstance(activation, Layer):
            continue
        inner = inner_call(call, activation, call.result(shape), {})
        activation.output(inner)
        if inner.policy.compute != call.policy.compute:
            message = f"`{name}` works in {inner.policy.compute} within a layer that works in {call.policy.compute}"
            raise Refusal(WrongDtype, message, help=f"leave `dtype` out of `{name}`")
        if activation.activity_regularizer is not None:  # Keras would use its penalty outside the loop that computes it
            message = f"`{name}` cannot have an `activity_regularizer` of its own within {type(layer).keras_name()}"
            raise Refusal(ShapeDoesNotSuit, message, help="put it on the recurrent layer itself")


def check_forget_bias(forget_at_1: bool, bias_initializer: object) -> None:
    """Refuses a null initializer if only the forget gate's part of the bias starts at 1."""
    if forget_at_1 and bias_initializer is None:
        message = "`unit_forget_bias` needs a `bias_initializer` for the rest of the bias; got null"
        raise ArgumentError("bias_initializer", message, "write `bias_initializer: zeros`, or `unit_forget_bias: false`")


def check_states(states: Any, wanted: Tree, what: str, argument: str, *, stacked: bool = False) -> None:
    """Checks the structure and shapes of states that a call is given; Keras does so only when the model runs.

    Args:
        states: the states given; a single one may be in a list.
        wanted: the states, as `Cell.state` returns them.
        what: the argument in the words of a message.
        argument: its name.
        stacked: whether there is an entry for each cell of a stack.
    """
    written = form(wanted, stacked=stacked)
    help = f"write `{argument}: {written}`, {shapes(wanted)}"
    parts, sizes = listed(states), listed(wanted)
    if not parts or not all(isinstance(tensor, Tensor) for part in parts for tensor in listed(part)):
        raise Refusal(ShapeDoesNotSuit, f"{what} takes tensors, in the form {written}", help=help)
    if len(parts) != len(sizes):
        plain = "one tensor" if len(sizes) == 1 else f"{len(sizes)} tensors ({written[1:-1]})"
        expected = f"a list with an entry for each cell, {written}" if stacked else plain
        raise Refusal(ShapeDoesNotSuit, f"{what} is {expected}; got {len(parts)}", help=help)
    for part, size in zip(parts, sizes, strict=True):
        if len(listed(part)) != len(listed(size)) or not (stacked or isinstance(part, Tensor)):
            raise Refusal(ShapeDoesNotSuit, f"{what} takes tensors in the form {written}; an entry is another list", help=help)
        for tensor, needed in zip(leaves(part), leaves(size), strict=True):
            if not fits(tensor.shape, needed.shape):
                message = f"{what} has the shape {text(needed.shape)}; got {text(tensor.shape)}"
                advice = "use the state of a layer of that size, or bring it to that size first"
                raise Refusal(ShapeDoesNotSuit, message, label=f"needs {text(needed.shape)}", help=advice)
            if tensor.dtype == "string":
                raise Refusal(WrongDtype, f"{what} takes numbers; got text", label="got string", help="use states of floats")


def listed(tree: Any) -> tuple[Any, ...]:
    """The entries of a list; a tensor counts as a list of one, anything else as empty."""
    if isinstance(tree, Tensor):
        return (tree,)
    return tree if isinstance(tree, tuple) else ()


def form(wanted: Tree, *, stacked: bool) -> str:
    """The states as a spec writes them: `[h, c]`, or for a stack `[[h_1, c_1], h_2]`."""
    if not stacked:
        return "h" if len(listed(wanted)) == 1 else "[h, c]"
    numbered = enumerate(listed(wanted), 1)
    return f"[{', '.join(f'h_{n}' if isinstance(part, Tensor) else f'[h_{n}, c_{n}]' for n, part in numbered)}]"


def shapes(wanted: Tree) -> str:
    """The shapes of the states, in words."""
    distinct = list(dict.fromkeys(text(tensor.shape) for tensor in leaves(wanted)))
    return f"of shape {distinct[0]}" if len(distinct) == 1 else f"of the shapes {', '.join(distinct)}"


def fits(shape: Shape, wanted: Shape) -> bool:
    """Whether two shapes can be equal."""
    return len(shape) == len(wanted) and all(same(a, b) for a, b in zip(shape, wanted, strict=True))
