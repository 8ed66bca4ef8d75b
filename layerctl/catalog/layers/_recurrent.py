"""The base classes of layers that run a cell over the steps of a sequence, such as LSTM, GRU and SimpleRNN."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from layerctl.base.shapes import Shape, Tensor, prod, text
from layerctl.catalog import ArgumentError
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers._base import Call, Layer, MaskTree, Reach, Read, Refusal, Tree
from layerctl.catalog.layers._cells import Gates, OfUnits, check_states, fits
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, UnknownDimension, WrongRank
from layerctl.catalog.layers._masks import mask_of


class Loop(Layer):
    """A layer that runs a cell over the steps of a sequence."""

    category = "rnn"
    activation_is_last = False
    call_arguments = ("sequences", "initial_state", "mask", "training")
    masks = "passes"
    without_effect = ("unroll", "dropout", "recurrent_dropout", "use_cudnn")
    stricter = {
        "mask with features": "A mask with features is refused; if there are as many as units, Keras takes each for a unit.",
    }

    return_sequences: bool = Field(False, description="whether the output holds all steps, not only the last.")
    return_state: bool = Field(False, description="whether the last states are returned too, after the output.")
    go_backwards: bool = Field(
        False, description="whether the sequence is read from its end; the output then begins with the last step."
    )
    stateful: bool = Field(
        False, description="whether each batch starts from the last state of the batch before; needs a known batch size."
    )
    unroll: bool = Field(
        False, description="whether the loop over the steps is unrolled: faster on short sequences, but takes more memory."
    )
    zero_output_for_mask: bool = Field(
        False, description="whether the output is 0 at masked steps; else it repeats the step before."
    )

    @model_validator(mode="after")
    def _no_penalty_within_the_loop(self) -> Self:
        for name in ("activation", "recurrent_activation"):
            if getattr(getattr(self, name, None), "activity_regularizer", None) is not None and not self.unroll:
                message = f"Keras cannot collect the `activity_regularizer` of `{name}` from within the loop over the steps"
                raise ArgumentError(name, message, "give the layer itself an `activity_regularizer`")
        return self

    @property
    def with_all_steps(self) -> Self | None:
        return None if self.return_sequences else self.model_copy(update={"return_sequences": True})

    def reach(self, shape: Shape) -> Reach:
        """The last step depends on all steps, and another one on those before it."""
        return (Read(None, among=(1,) if self.return_sequences else ()), *(Read(None),) * (len(shape) - 2))

    def reach_of(self, part: int | str, shapes: Mapping[int | str, Shape], literals: Mapping[str, Any]) -> Reach:
        return "all" if part == "initial_state" else super().reach_of(part, shapes, literals)

    def looped(self, call: Call, one: Tensor, state: Tree, *, stacked: bool = False) -> Tree:
        """The layer's output, from that of one step and the cell's states; checks the state and the mask of the call."""
        batch, steps = call.x.shape[:2]
        if self.stateful and batch is None:
            help = "give the input a `batch_size`: `inputs: {x: {shape: […], batch_size: 32}}`"
            raise Refusal(UnknownDimension, "`stateful: true` needs to know the batch size", help=help)
        if (states := call.arguments.get("initial_state")) is not None:
            what = f"the `initial_state` of {type(self).keras_name()}"
            check_states(states, state, what, "initial_state", stacked=stacked)
        check_mask(call)
        shape = (batch, steps, *one.shape[1:]) if self.return_sequences else one.shape
        result = call.result(shape)
        if not self.return_state:
            return result
        return (result, state) if isinstance(state, Tensor) else (result, *state)

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        return input_mask if self.return_sequences else None


class Recurrent(Loop, OfUnits):
    """A layer with a built-in cell of `units` values.

    Input shape: (batch, steps, features).

    Output shape: (batch, units), or (batch, steps, units) with `return_sequences`; with `return_state` a list: this, then
    the state, (batch, units).
    """

    def output(self, call: Call) -> Tree:
        checks.rank(call.x.shape, 3)
        step = self.at_step(call)
        self.check_step(step)
        self.check_dropout(call.x, call.policy.compute)
        one = call.result((call.x.shape[0], self.units))
        return self.looped(call, one, one if len(self.states) == 1 else (one,) * len(self.states))

    @staticmethod
    def at_step(call: Call) -> Call:
        """The call of the cell on one step, with the layer's dtype policy."""
        batch, _, *features = call.x.shape
        return call._replace(inputs=Tensor((batch, *features), call.x.dtype), arguments={})

    def macs(self, call: Call, output: Tree) -> int | None:
        return prod((call.x.shape[1], self.macs_of_step(call)))


class Gated(Gates, Recurrent):
    """A recurrent layer with gates, for which cuDNN has a fast version."""

    use_cudnn: Literal["auto"] | bool = Field(
        "auto", description="whether cuDNN's fast version is used on a GPU; `auto` uses it where it can."
    )

    @model_validator(mode="after")
    def _cudnn_is_possible(self) -> Self:
        required = {"activation": "tanh", "recurrent_activation": "sigmoid", "unroll": False, "use_bias": True}
        required |= {"recurrent_dropout": 0.0, "reset_after": True}
        differing = [name for name, value in required.items() if getattr(self, name, value) != value]
        if self.use_cudnn is True and differing:
            message = f"cuDNN cannot run {type(self).keras_name()} with this `{differing[0]}`"
            raise ArgumentError("use_cudnn", message, f"leave `{differing[0]}` at its default, or write `use_cudnn: auto`")
        return self


def check_mask(call: Call) -> None:
    """Checks that the mask has a value for each step of each sample."""
    mask = mask_of(call)
    if mask is None:
        return
    wanted = call.x.shape[:2]
    steps = mask.shape[:2] if mask.rank == 3 and mask.shape[2] == 1 else mask.shape
    if not fits(steps, wanted):
        code = WrongRank if len(steps) != 2 else ShapeDoesNotSuit
        message = f"expected a mask of shape {text(wanted)}, a value for each step; got {text(mask.shape)}"
        raise Refusal(code, message, help="give the mask the batch and the steps of the sequences")
