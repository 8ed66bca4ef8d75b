from typing import Any, Literal, Self

from pydantic import Field, model_validator

from layerctl.base.shapes import Shape, Tensor, add, scale, text
from layerctl.catalog import ArgumentError
from layerctl.catalog.layers._base import Call, Layer, MaskTree, Policy, Reach, Read, Refusal, Tree, Weight, leaves
from layerctl.catalog.layers._cells import listed
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._wrapper import Inner, OptionalInner, inner_call, inner_weights

RECURRENT_ARGUMENTS = ("go_backwards", "return_sequences", "return_state", "stateful")
"""The arguments of a recurrent layer that Keras reads to reverse it."""
EQUAL_ARGUMENTS = ("stateful", "return_sequences", "return_state")
"""The arguments that must be equal in both directions."""


class Bidirectional(Layer):
    """Reads a sequence in both directions, with a recurrent layer for each, and joins their outputs.

    Keras's argument `weights` has no effect and is left out.

    Call arguments: those of the wrapped layer; the first half of `initial_state` is for the forward layer.

    Input shape: (batch, steps, features).

    Output shape: that of the wrapped layer, the last axis twice as long with `concat`; with `return_state` a list: this, then the
    states of the forward and of the backward layer. With `merge_mode: null` there are two outputs in place of one.

    Weights: those of the forward layer, then those of the backward layer.

    MACs: those of both layers.

    Example:
        ```yaml
        - Bidirectional: {layer: {LSTM: {units: 64}}}
        ```
    """

    category = "rnn"
    call_arguments = ("sequences", "initial_state", "mask", "training")
    can_be_frozen = False
    masks = "passes"
    stricter = {
        "directions": "Directions of different widths are refused, even if the backward one has a single unit, which Keras "
        "broadcasts unless `merge_mode` is `concat` or null.",
        "mask with features": "A mask with features is refused; if there are as many as units, Keras takes each for a unit.",
    }

    layer: Inner = Field(
        description="the recurrent layer that reads forwards; by default a copy of it, with weights of its own, reads backwards."
    )
    merge_mode: Literal["sum", "mul", "concat", "ave"] | None = Field(
        "concat", description="how the two outputs are joined; null returns both."
    )
    backward_layer: OptionalInner = Field(
        None, description="the layer that reads backwards, with `go_backwards: true`; by default a copy of `layer`."
    )

    def reach(self, shape: Shape) -> Reach:
        """Both directions together read all steps; where all steps are returned side by side, each value is of one direction."""
        return None if self.merge_mode is None else (Read(None, among=self._side_by_side), *(Read(None),) * (len(shape) - 2))

    @property
    def _side_by_side(self) -> tuple[int, ...]:
        return (2,) if self.merge_mode == "concat" and getattr(self.layer, "return_sequences", False) else ()

    @property
    def with_all_steps(self) -> Self | None:
        layer, backward = self.layer.with_all_steps, self.backward_layer
        if layer is None:
            return None
        other = None if backward is None else backward.with_all_steps
        return self.model_copy(update={"layer": layer, "backward_layer": other})

    @property
    def wrapped(self) -> Any:
        return self.layer

    @model_validator(mode="after")
    def _recurrent(self) -> Self:
        if any(layer.declaration is not None for layer in self.both):
            return self  # only its class can tell
        for name in ("layer", "backward_layer"):
            layer = getattr(self, name)
            if layer is not None and not set(RECURRENT_ARGUMENTS) <= set(type(layer).model_fields):
                message = f"Bidirectional turns a recurrent layer round; {layer.keras_name()} is none"
                raise ArgumentError(name, message, "wrap LSTM, GRU, SimpleRNN, RNN or a ConvLSTM")
        if self.layer.stateful and self.layer.return_state:  # Keras fails when it computes the mask
            message = "Keras cannot return the states of a stateful layer in both directions"
            raise ArgumentError("layer", message, "leave out `stateful` or `return_state`")
        return self

    @model_validator(mode="after")
    def _opposite(self) -> Self:
        forward, backward = self.layer, self.backward_layer
        if any(layer.declaration is not None for layer in self.both):
            return self
        if backward is None:
            if forward.go_backwards:
                message = "the wrapped layer reads backwards already; both directions would be the same"
                raise ArgumentError("layer", message, "leave out `go_backwards`")
            return self
        if forward.go_backwards == backward.go_backwards:
            message = f"`layer` and `backward_layer` both have `go_backwards: {str(forward.go_backwards).lower()}`"
            raise ArgumentError("backward_layer", message, "give `backward_layer` `go_backwards: true`, and `layer` false")
        for name in EQUAL_ARGUMENTS:
            if getattr(forward, name) != getattr(backward, name):
                message = f"`layer` and `backward_layer` differ in `{name}`"
                raise ArgumentError("backward_layer", message, f"give both the same `{name}`")
        return self

    @property
    def both(self) -> tuple[Layer, Layer]:
        return self.layer, self.backward_layer or self.layer

    def inner(self, call: Call) -> tuple[Call, Call]:
        """The calls of the two layers, each with its half of the initial state."""
        arguments = {name: value for name, value in call.arguments.items() if name != "initial_state"}
        initial = call.arguments.get("initial_state")
        states = None if initial is None else listed(initial)
        halves: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        if states is not None:
            half, odd = divmod(len(states), 2)
            if odd or not states:
                message = f"`initial_state` is split in half between the two directions; got {len(states)} entries"
                help = "list the states of the forward layer, then those of the backward layer"
                raise Refusal(ShapeDoesNotSuit, message, help=help)
            halves = {"initial_state": states[:half]}, {"initial_state": states[half:]}
        forward, backward = (
            inner_call(call, layer, call.inputs, arguments | state) for layer, state in zip(self.both, halves, strict=True)
        )
        return forward, backward

    def output(self, call: Call) -> Tree:
        pairs = zip(self.both, self.inner(call), strict=True)
        forward, backward = (listed(recast(layer.output(inner), call.policy)) for layer, inner in pairs)
        if forward != backward:
            a, b = (", ".join(text(tensor.shape) for tensor in leaves(outputs)) for outputs in (forward, backward))
            message = f"both directions must give the same shapes; forwards gives {a}, backwards {b}"
            raise Refusal(ShapeDoesNotSuit, message, help="give both layers the same `units`; to return states, wrap one kind")
        (first, *states) = forward
        assert isinstance(first, Tensor)
        if self.merge_mode == "concat":
            first = call.result((*first.shape[:-1], scale(first.shape[-1], 2)))
        outputs = (first, *([] if self.merge_mode else [first]), *states, *states)
        return outputs if len(outputs) > 1 else first

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        if not self.layer.return_sequences:
            return None
        return input_mask if self.merge_mode else (input_mask, input_mask)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        pairs = zip(self.both, self.inner(call), strict=True)
        return tuple(weight for layer, inner in pairs for weight in inner_weights(call, layer, inner))

    def macs(self, call: Call, output: Tree) -> int | None:
        pairs = zip(self.both, self.inner(call), strict=True)
        return add(*(layer.macs(inner, layer.output(inner)) for layer, inner in pairs))


def recast(tree: Tree, policy: Policy) -> Tree:
    """The structure with its tensors in the compute dtype."""
    return (
        Tensor(tree.shape, policy.compute) if isinstance(tree, Tensor) else tuple(recast(part, policy) for part in listed(tree))
    )
