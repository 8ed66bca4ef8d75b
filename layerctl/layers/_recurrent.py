"""What LSTM, GRU and SimpleRNN share: a cell that is run over the steps of a sequence."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from layerctl.catalog import Activation, ArgumentError, Constraint, Initializer, PositiveInt, Rate, Regularizer
from layerctl.layers import _checks as checks
from layerctl.layers._base import Call, Layer, Refusal, Tree, Weight
from layerctl.layers._codes import ShapeDoesNotSuit, UnknownDimension, WrongDtype, WrongRank
from layerctl.layers._masks import mask_of
from layerctl.layers._wrapper import inner_call
from layerctl.model import model_validator
from layerctl.shapes import Shape, Tensor, prod, same, text


class Recurrent(Layer):
    """A recurrent layer.

    Class attributes:
        gates: how many matrices of `units` columns the cell has side by side in its kernels.
        states: the names of the tensors that it carries from step to step.
        after: fields of a layer that do not come last → the field that each follows in Keras's constructor.
    """

    category: ClassVar[str] = "rnn"
    call_arguments: ClassVar[tuple[str, ...]] = ("sequences", "initial_state", "mask", "training")
    gates: ClassVar[int]
    states: ClassVar[tuple[str, ...]] = ("h",)
    after: ClassVar[dict[str, str]]

    units: PositiveInt
    activation: Activation = "tanh"
    use_bias: bool = True
    kernel_initializer: Initializer = "glorot_uniform"
    recurrent_initializer: Initializer = "orthogonal"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    recurrent_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    recurrent_constraint: Constraint = None
    bias_constraint: Constraint = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    seed: int | None = None
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False

    @model_validator(mode="after")
    def _no_penalty_within_the_loop(self) -> Self:
        for name in ("activation", "recurrent_activation"):
            if getattr(getattr(self, name, None), "activity_regularizer", None) is not None and not self.unroll:
                message = f"Keras cannot collect the `activity_regularizer` of `{name}` from within the loop over the steps"
                raise ArgumentError(name, message, "give the layer itself an `activity_regularizer`")
        return self

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        names = [name for name in super().own_fields() if name not in cls.after]
        for name, before in cls.after.items():
            names.insert(names.index(before) + 1, name)
        return tuple(names)

    def output(self, call: Call) -> Tree:
        shape = call.x.shape
        checks.rank(shape, 3)
        checks.numeric(call.x, type(self).keras_name())
        if 0 < self.dropout < 1:  # TensorFlow scales what is kept, which integers cannot be; at 1 nothing is
            checks.floating(call.x, f"{type(self).keras_name()} with `dropout`")
        checks.known(shape, -1, "the kernel needs to know the number of features")
        if self.stateful and shape[0] is None:
            help = "give the input a `batch_size`: `inputs: {x: {shape: […], batch_size: 32}}`"
            raise Refusal(UnknownDimension, "`stateful: true` needs to know the batch size", help=help)
        self.check_activations(call)
        self.check_states(call)
        check_mask(call)
        last = call.result((shape[0], self.units))
        found = call.result((*shape[:2], self.units)) if self.return_sequences else last
        return (found, *(last for _ in self.states)) if self.return_state else found

    def check_activations(self, call: Call) -> None:
        """An activation that is a layer works on the state of one step, and in the dtype of its surroundings."""
        for name in ("activation", "recurrent_activation"):
            activation = getattr(self, name, None)
            if not isinstance(activation, Layer):
                continue
            inner = inner_call(call, activation, call.result((call.x.shape[0], self.units)), {})
            activation.output(inner)
            if inner.policy.compute != call.policy.compute:
                message = f"`{name}` works in {inner.policy.compute} within a layer that works in {call.policy.compute}"
                raise Refusal(WrongDtype, message, help=f"leave `dtype` out of `{name}`")
            if activation.activity_regularizer is not None:  # Keras meets its penalty outside the loop that computes it
                message = f"`{name}` cannot have an `activity_regularizer` of its own within {type(self).keras_name()}"
                raise Refusal(ShapeDoesNotSuit, message, help="put it on the recurrent layer itself")

    def check_states(self, call: Call) -> None:
        """Keras looks at the initial state only when it runs."""
        name, count = type(self).keras_name(), len(self.states)
        found = states_of(call)
        if found is None:
            return
        wanted = (call.x.shape[0], self.units)
        if len(found) != count:
            expected = "one tensor" if count == 1 else f"{count} tensors ({', '.join(self.states)})"
            message = f"the `initial_state` of {name} is {expected}; got {len(found)}"
            help = f"write `initial_state: [{', '.join(self.states)}]`, each of shape {text(wanted)}"
            raise Refusal(ShapeDoesNotSuit, message, help=help)
        for state in found:
            if not fits(state.shape, wanted):
                message = f"the `initial_state` of {name} has the shape {text(wanted)}; got {text(state.shape)}"
                help = f"use the state of a layer with {self.units} units, or bring it to that size with `Dense: {self.units}`"
                raise Refusal(ShapeDoesNotSuit, message, label=f"{self.units} units", help=help)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        features, width = call.x.shape[-1] or 0, self.gates * self.units
        kernels = Weight("kernel", (features, width)), Weight("recurrent_kernel", (self.units, width))
        return (*kernels, Weight("bias", self.bias_shape())) if self.use_bias else kernels

    def bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    def macs(self, call: Call, output: Tree) -> int | None:
        _, steps, features = call.x.shape
        return prod((steps, self.gates * self.units, (features or 0) + self.units))


class Gated(Recurrent):
    """A recurrent layer whose gates have an activation of their own, and for which cuDNN has a fast version."""

    recurrent_activation: Activation = "sigmoid"
    use_cudnn: Literal["auto"] | bool = "auto"

    @model_validator(mode="after")
    def _cudnn_is_possible(self) -> Self:
        wants = {"activation": "tanh", "recurrent_activation": "sigmoid", "unroll": False, "use_bias": True}
        wants |= {"recurrent_dropout": 0.0, "reset_after": True}
        unlike = [name for name, value in wants.items() if getattr(self, name, value) != value]
        if self.use_cudnn is True and unlike:
            message = f"cuDNN cannot run {type(self).keras_name()} with this `{unlike[0]}`"
            raise ArgumentError("use_cudnn", message, f"leave `{unlike[0]}` at its default, or write `use_cudnn: auto`")
        return self


def states_of(call: Call) -> tuple[Tensor, ...] | None:
    """The tensors of `initial_state`, or None where there are none."""
    given = call.arguments.get("initial_state")
    if given is None:
        return None
    found = (given,) if isinstance(given, Tensor) else given
    if not isinstance(found, tuple) or not all(isinstance(state, Tensor) for state in found):
        help = "name them among the inputs: `inputs: {sequences: x, initial_state: [h, c]}`"
        raise Refusal(ShapeDoesNotSuit, "`initial_state` takes tensors, in a flat list", help=help)
    return found


def check_mask(call: Call) -> None:
    """A mask says of each step of each sample whether it counts."""
    mask = mask_of(call)
    if mask is None:
        return
    wanted = call.x.shape[:2]
    steps = mask.shape[:2] if mask.rank == 3 and mask.shape[2] == 1 else mask.shape
    if not fits(steps, wanted):
        code = WrongRank if len(steps) != 2 else ShapeDoesNotSuit
        message = f"expected a mask of shape {text(wanted)}, a value for each step; got {text(mask.shape)}"
        raise Refusal(code, message, help="give the mask the batch and the steps of the sequences")


def fits(shape: Shape, wanted: Shape) -> bool:
    """Whether two shapes can be equal."""
    return len(shape) == len(wanted) and all(same(a, b) for a, b in zip(shape, wanted, strict=True))
