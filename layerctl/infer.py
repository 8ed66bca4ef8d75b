"""A graph to a typed graph: shapes, dtypes, weights and MACs of every node, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from layerctl.diagnostics import Related, Sink
from layerctl.graph import Graph, Input, InputsNeeded, Op, Ref, RefTree, UnknownReference, WrongInputs, uses
from layerctl.layers._base import FLOATS, Call, Layer, Policy, Refusal, Tree, Unknown, Weight, leaves
from layerctl.layers._codes import ShapeDoesNotSuit, WrongRank
from layerctl.layers._objects import suit
from layerctl.masking import Masks
from layerctl.shapes import Shape, Tensor, same, text
from layerctl.typed import UNKNOWN, Typed, TypedGraph, gathered

T = TypeVar("T")
MOST_VALUES = 1 << 1024
"""No tensor has more values; larger figures could not even be printed."""
TOO_MANY = "more than 2^1024 values"


def known(rule: Callable[[Call], T], call: Call) -> T | None:
    """What a layer's rule says of a call; None where only Keras can tell."""
    try:
        return rule(call)
    except Unknown:
        return None


def countable(shape: Shape) -> bool:
    """Whether a tensor of that shape, as far as it is known, has at most `MOST_VALUES` values."""
    total = 1
    for dim in shape:
        if dim is not None:
            total *= dim
            if total > MOST_VALUES:
                return False
    return True


class _Inference:
    def __init__(self, graph: Graph, sink: Sink) -> None:
        self.graph = graph
        self.sink = sink
        self.typed: list[Typed] = []
        self.policies: dict[str, Policy] = {}
        self.wrong: set[int] = set()
        self.masks = Masks()
        self.held: dict[int, Tree] = {}
        """What nodes give when the model runs, where that is of another dtype than Keras promises."""

    def run(self) -> TypedGraph:
        for node in self.graph.nodes:
            self.typed.append(self.input(node) if isinstance(node, Input) else self.op(node))
        for output in self.graph.outputs:
            if output.ref.path and self.tree(output.ref) is None and self.typed[output.ref.node].output is not None:
                self.no_such_output(output.ref, output.place)
                self.wrong.add(output.ref.node)
        live = self.graph.live()
        unknown = any(wanted and typed.output is None for wanted, typed in zip(live, self.typed, strict=True))
        complete = bool(self.graph.outputs) and not unknown
        sound = bool(self.graph.outputs) and not any(live[index] for index in self.wrong)
        return TypedGraph(self.graph, tuple(self.typed), self.policies, live, complete, sound, self.masks.lost)

    def input(self, node: Input) -> Typed:
        if countable(node.shape):
            return Typed(Tensor(node.shape, node.dtype))
        self.sink.add(ShapeDoesNotSuit, node.place, f"the input `{node.name}` has {TOO_MANY}", help="check its dimensions")
        self.wrong.add(len(self.typed))
        return UNKNOWN

    def policy(self, op: Op) -> Policy:
        return self.named((op.layer.own_policy if op.layer is not None else None) or self.graph.dtype)

    def named(self, name: str) -> Policy:
        found = self.policies.get(name)
        if found is None:
            found = self.policies[name] = Policy.named(name)
        return found

    def tree(self, ref: RefTree | None, *, run: bool = False) -> Tree | None:
        """The tensors that references stand for, or what they are when the model runs; None as soon as one is unknown."""
        return gathered(self.typed, ref, self.held if run else {})

    def op(self, op: Op) -> Typed:
        inputs = self.tree(op.inputs)
        for number, ref in enumerate(op.refs()):
            if ref.path and self.typed[ref.node].output is not None and self.tree(ref) is None:
                self.no_such_output(ref, op.places[number] if op.places else op.place, op)
                self.wrong.add(len(self.typed))
        layer = op.layer
        if op.inputs is None:
            self.wrong.add(len(self.typed))
        if layer is None or not self.form(op, inputs):
            self.wrong.add(len(self.typed))
            return UNKNOWN
        if inputs is None and not layer.declared:
            return UNKNOWN
        policy = self.policy(op)
        arguments: dict[str, Any] = dict(op.literals)
        for key, argument in op.arguments.items():
            tree = self.tree(argument)
            if tree is not None:
                arguments[key] = autocast(tree, policy) if layer.casts else tree
            elif not layer.declared:
                return UNKNOWN
        given = inputs if inputs is not None else ()
        called_on = autocast(given, policy) if layer.casts else given
        call = Call(called_on, policy, arguments, self.named(self.graph.dtype) if layer.own_policy else None)
        implied = self.masks.implied(op, layer) if self.masks.of else {}
        try:
            typed = self.call(op, call)
            self.sized(layer, typed)
            if implied:
                call = self.masked(op, call, implied)
            self.judge_as_run(op, call, typed.output)
            if self.masks.of or layer.masks == "makes" or "mask" in arguments:
                self.masks.follow(len(self.typed), op, layer, call, typed.output)
            return typed
        except Refusal as refusal:
            self.refused(op, refusal)
            self.wrong.add(len(self.typed))
            return UNKNOWN

    def masked(self, op: Op, call: Call, implied: Mapping[str, Any]) -> Call:
        """The call with the masks that come along with its inputs, which suits the layer without them."""
        assert op.layer is not None
        masked = call._replace(arguments={**call.arguments, **implied})
        try:
            self.call(op, masked)
        except Refusal as refusal:
            begins = self.masks.origin(op)
            assert begins is not None
            name = self.graph.nodes[begins].name
            message = f"with the mask that comes along from `{name}`: {refusal.message}"
            help = f"let no mask begin at `{name}`, or take it away on the way, with `ops.copy`"
            raise Refusal(refusal.code, message, label=refusal.label, help=help) from None
        return masked

    def judge_as_run(self, op: Op, call: Call, promised: Tree | None) -> None:
        """Keras builds a model on the dtypes that it promises, and runs it on those that come out: the call must suit both."""
        layer = op.layer
        assert layer is not None
        output = promised
        if any(ref.node in self.held for ref in op.refs()):
            call = self.as_run(op, call)
            output = self.call(op, call).output
        elif not layer.hands_on:
            return
        if output is None:
            return
        output = layer.as_run(call, output)
        if output != promised:
            self.held[len(self.typed)] = output

    def as_run(self, op: Op, call: Call) -> Call:
        """The call on what the model holds when it runs."""
        assert op.layer is not None
        inputs = self.tree(op.inputs, run=True)
        arguments: dict[str, Any] = {key: self.tree(argument, run=True) for key, argument in op.arguments.items()}
        assert inputs is not None
        if op.layer.casts:
            inputs = autocast(inputs, call.policy)
            arguments = {key: autocast(tree, call.policy) for key, tree in arguments.items()}
        return call._replace(inputs=inputs, arguments={**call.arguments, **arguments})

    @staticmethod
    def sized(layer: Layer, typed: Typed) -> None:
        """No figure may grow beyond what can be told."""
        what = None
        for tensor in leaves(typed.output) if typed.output is not None else ():
            if not countable(tensor.shape):
                what = "output"
                break
        else:
            what = next((f"weight `{weight.name}`" for weight in typed.weights or () if not countable(weight.shape)), None)
        if what is not None:
            raise Refusal(ShapeDoesNotSuit, f"the {what} of {layer.spec_name()} has {TOO_MANY}", help="check its sizes")

    def call(self, op: Op, call: Call) -> Typed:
        layer = op.layer
        assert layer is not None
        if layer.takes == "each" and isinstance(call.inputs, tuple) and not isinstance(call.inputs, Tensor):
            parts = tuple(call._replace(inputs=part) for part in call.inputs)
            outputs = tuple(layer.output(part) for part in parts)
            shared = layer.weights(parts[0])
            suit(layer, call, shared, outputs)
            return Typed(outputs, shared, 0)
        output = known(layer.output, call)
        weights = known(layer.weights, call)
        if op.shared is not None and weights is not None:
            self.matches_first(op, call, weights)
        if layer.declared and not self.called_as_first(op):
            output = None  # what is declared is said of the first call
        own = weights if op.shared is None else ()
        if output is None or weights is None:
            return Typed(output, own, None)
        suit(layer, call, weights, output)
        return Typed(output, own, layer.macs(call, output))

    def called_as_first(self, op: Op) -> bool:
        """Whether a call is the first of its layer, or on the same shapes as that."""
        first = self.graph.nodes[op.shared] if op.shared is not None else op
        assert isinstance(first, Op)
        return (
            first.layer is not op.layer
            or first is op
            or (first.literals == op.literals and self.read(first) == self.read(op) is not None)
        )

    def read(self, op: Op) -> Tree | None:
        """All that a call reads; None as soon as a part of it is unknown."""
        return None if op.inputs is None else self.tree((op.inputs, op.arguments))

    def matches_first(self, op: Op, call: Call, wanted: tuple[Weight, ...]) -> None:
        """A further call must want the weights that the first one made."""
        assert op.shared is not None
        assert op.layer is not None
        first = self.typed[op.shared]
        self.keeps(op, call)
        if first.output is not None and first.weights is not None and wanted != first.weights:
            had, got = self.differing(first.weights, wanted)
            message = f"the weights of `{self.graph.nodes[op.shared].name}` do not fit this input: {had}, needed {got}"
            raise Refusal(ShapeDoesNotSuit, message, help="bring the input to the shape of the first call's input")

    def keeps(self, op: Op, call: Call) -> None:
        """Some layers remember more of the first input than their weights tell."""
        assert op.shared is not None
        assert op.layer is not None
        original = self.graph.nodes[op.shared]
        assert isinstance(original, Op)
        before = self.tree(original.inputs)
        if op.layer.keeps is None or not isinstance(before, Tensor):
            return
        x = call.x
        if op.layer.keeps == "rank" or (op.layer.keeps == "channels" and before.rank != x.rank):
            fits, what = before.rank == x.rank, f"rank {before.rank}"
        elif op.layer.keeps == "channels":
            had = before.shape[op.layer.channel_axis]
            fits, what = same(had, x.shape[op.layer.channel_axis]), f"{had} channels"
        elif op.layer.keeps == "step":
            fits, what = before.shape[2:] == x.shape[2:], f"steps of {text(before.shape[2:], batch=False)}"
        else:
            fits, what = same(before.shape[-1], x.shape[-1]), f"{before.shape[-1]} features"
        if not fits:
            message = f"`{original.name}` was made for inputs of {what}, {text(before.shape)}; got {text(x.shape)}"
            code = WrongRank if what.startswith("rank") else ShapeDoesNotSuit
            raise Refusal(code, message, label=f"got {text(x.shape)}", help="give this call a layer of its own, without `reuse`")

    @staticmethod
    def differing(first: tuple[Weight, ...], wanted: tuple[Weight, ...]) -> tuple[str, str]:
        for a, b in zip(first, wanted, strict=False):
            if a != b:
                return f"`{a.name}` is {text(a.shape, batch=False)}", text(b.shape, batch=False)
        return f"{len(first)} weights", str(len(wanted))

    def form(self, op: Op, inputs: Tree | None) -> bool:
        """Whether the input is one tensor or a list, as the layer takes it."""
        assert op.layer is not None
        if inputs is None:
            return True
        takes = op.layer.takes
        if isinstance(inputs, Tensor) and takes != "many":
            return True
        name, names = op.layer.spec_name(), op.layer.input_names
        place = op.places[-1] if op.places else op.place
        count = 1 if isinstance(inputs, Tensor) else len(inputs)
        source = self.graph.nodes[op.inputs.node] if isinstance(op.inputs, Ref) else None
        if source is not None and op.by_default and not isinstance(inputs, Tensor):
            message = f"`{source.name}` has {count} outputs; this item must say which it takes"
            help = f'add `inputs: "{source.name}[{first_step(inputs)}]"` below it'
            self.sink.add(InputsNeeded, op.place, message, help=help, related=uses(op.frames))
            return False
        if names and count != len(names):
            listed = ", ".join(f"`{key}`" for key in names)
            message = f"the model takes {len(names)} input{'s' if len(names) > 1 else ''}, {listed}; got {count}"
            help = "give `inputs:` a list in that order, or a mapping"
            self.sink.add(WrongInputs, place, message, help=help, related=uses(op.frames))
            return False
        if isinstance(inputs, Tensor):
            message = f"{name} joins a list of tensors; it is given one"
            self.sink.add(WrongInputs, place, message, help="write `inputs: [a, b]` below it", related=uses(op.frames))
            return False
        if op.layer.declared and (inputs or op.arguments):
            return True
        if takes == "one":
            message = f"{name} works on one tensor; it is given {count if count > 1 else 'a list'}"
            if source:
                help = f'write `inputs: "{source.name}[{first_step(inputs)}]"`'
            elif count > 1:
                help = "join them with Concatenate or Add first, or name one of them"
            else:
                help = "write `inputs: NAME`, without brackets"
            self.sink.add(WrongInputs, place, message, help=help, related=uses(op.frames))
            return False
        flat = isinstance(inputs, tuple) and all(isinstance(part, Tensor) for part in inputs)
        if not flat or not inputs:
            help = "write `inputs: [a, b]`, a list of single outputs"
            self.sink.add(
                WrongInputs, place, f"{name} takes a flat list of at least one tensor", help=help, related=uses(op.frames)
            )
            return False
        return True

    def no_such_output(self, ref: Ref, place: Any, op: Op | None = None) -> None:
        node = self.graph.nodes[ref.node]
        value = self.typed[ref.node].output
        parts = "".join(f"[{step}]" for step in ref.path)
        count = 1 if isinstance(value, Tensor) or value is None else len(value)
        if count == 1:
            help = f"write `{node.name}`"
        elif isinstance(value, Mapping):
            help = "its outputs: " + ", ".join(f"`{node.name}[{key}]`" for key in value)
        else:
            help = f"count from 0: `{node.name}[0]` to `{node.name}[{count - 1}]`"
        plural = "s" if count != 1 else ""
        message = f"`{node.name}{parts}`: `{node.name}` has {count} output{plural}"
        related = uses(op.frames) if op is not None else ()
        self.sink.add(UnknownReference, place, message, help=help, related=related, once=bool(related))

    def refused(self, op: Op, refusal: Refusal) -> None:
        related = []
        for ref in op.refs():
            source = self.graph.nodes[ref.node]
            tensor = self.tree(ref)
            if isinstance(tensor, Tensor) and source.place != op.place:
                inside = f", as `{source.name}`" if isinstance(source, Op) and source.frames else ""
                related.append(Related(source.place, f"{text(tensor.shape)} comes from here{inside}"))
        if refusal.place is not None:
            called = [] if any(op.place == place for place, _ in refusal.related) else [Related(op.place, "called here")]
            related = [*refusal.related, *called, *related]
        related += uses(op.frames)
        self.sink.add(
            refusal.code,
            refusal.place or op.place,
            refusal.message,
            label=refusal.label,
            help=refusal.help,
            related=dict.fromkeys(related),
            trace=self.trace(op) if refusal.place is None else refusal.trace,
            once=bool(op.frames) or refusal.place is not None,
        )

    def trace(self, op: Op, most: int = 6) -> tuple[str, ...]:
        """The shapes on the way to a node: `image (batch, 28, 28, 1) → conv2d (batch, 26, 26, 32)`."""
        steps: list[str] = []
        at: Input | Op = op
        while isinstance(at, Op) and len(steps) <= most:
            ref = next(iter(at.refs()), None)
            if ref is None:
                break
            at = self.graph.nodes[ref.node]
            tensor = self.tree(ref)
            steps.append(f"{at.name} {text(tensor.shape)}" if isinstance(tensor, Tensor) else at.name)
        if len(steps) > most:
            steps[most] = "…"
        return (" → ".join(reversed(steps)),) if len(steps) > 1 else ()


def first_step(tree: Tree) -> int | str:
    """What stands in the brackets of a reference to the first of several outputs."""
    return next(iter(tree)) if isinstance(tree, Mapping) else 0


def autocast(tree: Tree, policy: Policy) -> Tree:
    """Floats in the compute dtype, as Keras casts them on the way into a layer; all else unchanged."""
    if isinstance(tree, Tensor):
        return tree if tree.dtype == policy.compute or tree.dtype not in FLOATS else Tensor(tree.shape, policy.compute)
    if isinstance(tree, Mapping):
        return {key: autocast(part, policy) for key, part in tree.items()}
    return tuple(autocast(part, policy) for part in tree)


def infer(graph: Graph, sink: Sink) -> TypedGraph:
    """Works out every node; what Keras would refuse goes into the sink, and what follows from it stays unknown."""
    return _Inference(graph, sink).run()
