from typing import Self

from pydantic import Field, model_validator

from layerctl.base.shapes import Shape, Tensor, prod, same, text
from layerctl.catalog import ArgumentError
from layerctl.catalog.layers._base import FLOATS, Call, Layer, Policy, Product, Reach, Read, Refusal, Tree, Weight
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongRank
from layerctl.catalog.layers._masks import mask_of
from layerctl.catalog.layers._wrapper import Inner, check_alone, inner_call, inner_weights


class TimeDistributed(Layer):
    """Applies one layer, with the same weights, to every step of a sequence.

    Call arguments: `mask` (batch, steps, …), passed step by step to the wrapped layer if it takes a mask; `training`.

    Input shape: (batch, steps, …), at least rank 3; the wrapped layer is called on (batch, …).

    Output shape: (batch, steps, …), where (batch, …) is the output of the wrapped layer.

    Weights: those of the wrapped layer.

    MACs: steps × those of the wrapped layer.

    Example:
        ```yaml
        - TimeDistributed: {layer: {Conv2D: {filters: 16, kernel_size: 3}}}
        ```
    """

    category = "rnn"
    keeps_dtype_when_run = True
    call_arguments = ("inputs", "training", "mask")
    can_be_frozen = False
    masks = "passes"
    stricter = {
        "penalty": "An `activity_regularizer` that cannot work on the output is refused; here Keras ignores it.",
    }

    layer: Inner = Field(description="the layer that is applied to each step.")

    @model_validator(mode="after")
    def _one_tensor(self) -> Self:
        if self.layer.input_kind == "list":
            message = f"{self.layer.keras_name()} joins several tensors; a step of a sequence is one"
            raise ArgumentError("layer", message, "use it without TimeDistributed: it works on all steps at once")
        check_alone("TimeDistributed", self.layer)
        return self

    @property
    def step_layer(self) -> Layer | None:
        return self.layer  # type: ignore[no-any-return]

    @property
    def heeds_mask(self) -> bool:
        return self.layer.heeds_mask  # type: ignore[no-any-return]  # it gives each step that step's part of the mask

    def product(self, shape: Shape) -> Product | None:
        step = self.layer.product((shape[0], *shape[2:])) if len(shape) > 2 else None
        return step._replace(positions=prod((shape[1], step.positions))) if step is not None else None

    def output_when_run(self, call: Call, output: Tree) -> Tree:
        inner = self.inner(call)
        step = self.layer.output_when_run(inner, self.layer.output(inner))
        both = isinstance(output, Tensor) and isinstance(step, Tensor)
        return Tensor(output.shape, step.dtype) if both and step.dtype not in FLOATS else output  # type: ignore[union-attr]

    def reach(self, shape: Shape) -> Reach:
        inner = self.layer.reach((shape[0], *shape[2:]))
        if inner == "all":
            inner = (Read(None),) * (len(shape) - 2)
        if not isinstance(inner, tuple):
            return inner  # type: ignore[no-any-return]
        later = (read._replace(axis=read.axis and read.axis + 1, among=tuple(axis + 1 for axis in read.among)) for read in inner)
        return (Read(1), *later)

    def output(self, call: Call) -> Tree:
        shape = call.x.shape
        if len(shape) < 3:
            message = f"expected an input of at least rank 3, (batch, steps, …); got rank {len(shape)}, {text(shape)}"
            help = "leave out TimeDistributed, or give the input an axis of steps in `inputs`"
            raise Refusal(WrongRank, message, label=f"got {text(shape)}", help=help)
        inner = self.inner(call)
        try:
            step = self.layer.output(inner)
        except Refusal as refusal:
            raise self.explained(refusal, call.x) from refusal
        if not isinstance(step, Tensor):
            message = f"TimeDistributed stacks one output of each step; {self.layer.keras_name()} gives {len(step)}"
            raise Refusal(ShapeDoesNotSuit, message, help="set `return_state: false` in it")
        return call.result((step.shape[0], shape[1], *step.shape[1:]))

    def inner(self, call: Call) -> Call:
        """The call of the wrapped layer on one step."""
        x, mask = call.x, mask_of(call)
        arguments = {"training": call.arguments["training"]} if "training" in call.arguments else {}
        if mask is not None:
            if mask.rank < 2 or not (same(mask.shape[0], x.shape[0]) and same(mask.shape[1], x.shape[1])):
                message = f"expected a mask whose first axes are {text(x.shape[:2])}; got {text(mask.shape)}"
                raise Refusal(ShapeDoesNotSuit, message, help="give the mask the batch and the steps of the input")
            if self.layer.takes_mask:
                arguments["mask"] = Tensor((mask.shape[0], *mask.shape[2:]), mask.dtype)
        inner = inner_call(call, self.layer, Tensor((x.shape[0], *x.shape[2:]), x.dtype), arguments)
        # Keras skips the wrapped layer's `__call__`, so that weights are cast only if this layer's policy is a mixed one
        outer, variable = call.policy, inner.policy.variable
        return inner._replace(policy=Policy(outer.compute if outer.compute != outer.variable else variable, variable))

    def explained(self, refusal: Refusal, x: Tensor) -> Refusal:
        """The wrapped layer's refusal, with the shape of the step added."""
        step = text((x.shape[0], *x.shape[2:]))
        message = f"{self.layer.keras_name()} cannot work on a step of {text(x.shape)}, which is {step}: {refusal.message}"
        help = refusal.help
        if refusal.code is WrongRank:
            help = "the wrapped layer works on the axes after the steps: give the input one more or one fewer of them"
        return Refusal(refusal.code, message, help=help, label=refusal.label)

    def weights(self, call: Call) -> tuple[Weight, ...]:
        return inner_weights(call, self.layer, self.inner(call))

    def macs(self, call: Call, output: Tree) -> int | None:
        inner = self.inner(call)
        return prod((call.x.shape[1], self.layer.macs(inner, self.layer.output(inner))))
