"""Inference: the shapes, dtypes, weights and MACs of every node of a graph, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from layerctl.base.shapes import Tensor, too_large
from layerctl.base.source import Span
from layerctl.catalog.layers._base import FLOATS, Call, Layer, MaskTree, Policy, Refusal, Tree, leaves
from layerctl.catalog.layers._calls import Unknown
from layerctl.catalog.layers._codes import ShapeDoesNotSuit
from layerctl.catalog.layers._objects import suit
from layerctl.diagnostics import Sink
from layerctl.graph.graph import Graph, Input, Op, Ref
from layerctl.graph.infer.inferred import Inferred
from layerctl.graph.typed import UNKNOWN, Typed, TypedGraph

if TYPE_CHECKING:
    from layerctl.graph.infer.masks import Masks

T = TypeVar("T")


def known(rule: Callable[[Call], T], call: Call) -> T | None:
    """The result of a layer's rule for a call; None where only Keras knows it."""
    try:
        return rule(call)
    except Unknown:
        return None


class Inference(Inferred):
    """Infers a graph node by node.

    Attributes:
        policies: the dtype policies of the nodes, by name.
        wrong: the nodes with a mistake.
        masks: the masks of the nodes; None until one begins.
        sparse: whether there are sparse vectors among what is held.
    """

    def __init__(self, graph: Graph, sink: Sink, masks: Masks | None = None) -> None:
        super().__init__(graph, sink)
        self.policies: dict[str, Policy] = {}
        self.wrong: set[int] = set()
        self.masks = masks
        self.sparse = False

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
        typed_graph = TypedGraph(self.graph, tuple(self.typed), self.policies, live, complete, sound)
        if self.sparse:
            sparse = (index for index, tree in self.held.items() if any(tensor.sparse for tensor in leaves(tree)))
            typed_graph = typed_graph._replace(sparse=frozenset(sparse))
        return typed_graph._replace(masks=self.masks.of, lost_masks=self.masks.lost) if self.masks else typed_graph

    def input(self, node: Input) -> Typed:
        excess = too_large(node.shape)
        if excess is None:
            return Typed(Tensor(node.shape, node.dtype))
        self.sink.add(ShapeDoesNotSuit, node.place, f"the input `{node.name}` has {excess}", help="use smaller dimensions")
        self.wrong.add(len(self.typed))
        return UNKNOWN

    def policy(self, op: Op) -> Policy:
        return self.named((op.layer.own_policy if op.layer is not None else None) or self.graph.dtype)

    def named(self, name: str) -> Policy:
        policy = self.policies.get(name)
        if policy is None:
            policy = self.policies[name] = Policy.named(name)
        return policy

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
        if inputs is None and layer.declaration is None:
            return UNKNOWN
        policy = self.policy(op)
        arguments: dict[str, Any] = dict(op.literals)
        for key, argument in op.arguments.items():
            tree = self.tree(argument)
            if tree is not None:
                arguments[key] = autocast(tree, policy) if layer.casts_inputs else tree
            elif layer.declaration is None:
                return UNKNOWN
        given = inputs if inputs is not None else ()
        called_on = autocast(given, policy) if layer.casts_inputs else given
        call = Call(called_on, policy, arguments, self.named(self.graph.dtype) if layer.own_policy else None)
        try:
            typed = self.call(op, call)
            self.sized(layer, typed)
            if self.masks or layer.masks == "makes" or "mask" in arguments:
                call = self.masked(op, call, typed)
            self.judge_when_run(op, call, typed.output)
            return typed
        except Refusal as refusal:
            from layerctl.graph.infer.mistakes import refused

            refused(self, op, refusal)
            self.wrong.add(len(self.typed))
            return UNKNOWN

    def masked(self, op: Op, call: Call, typed: Typed) -> Call:
        """The call with the masks of its inputs; records the mask of its output."""
        if self.masks is None:
            from layerctl.graph.infer.masks import Masks

            self.masks = Masks()
        call = self.masks.judged(self.graph, op, call, self.call)
        self.masks.follow(len(self.typed), op, call, typed.output)
        return call

    def judge_when_run(self, op: Op, call: Call, promised: Tree | None) -> None:
        """Checks a call on the dtypes at run time too.

        Keras builds a model with the dtypes that layers declare; some layers then return others, or sparse vectors. A call must
        work on both.
        """
        layer = op.layer
        assert layer is not None
        output = promised
        sparse = False
        if self.held and any(ref.node in self.held for ref in op.refs()):
            call = self.call_when_run(op, call)
            if self.sparse:
                from layerctl.graph.infer.sparse import gives_sparse

                sparse = gives_sparse(self, op, call)
            output = self.call(op, call).output
        elif not layer.differs_when_run:
            return
        if output is None:
            return
        output = layer.output_when_run(call, output)
        if sparse:
            from layerctl.graph.infer.sparse import marked

            output = marked(output)
        if output != promised:
            self.held[len(self.typed)] = output
            self.sparse |= any(tensor.sparse for tensor in leaves(output))

    def call_when_run(self, op: Op, call: Call) -> Call:
        """The call with the dtypes that its inputs have when the model runs."""
        assert op.layer is not None
        inputs = self.tree(op.inputs, run=True)
        arguments: dict[str, Any] = {key: self.tree(argument, run=True) for key, argument in op.arguments.items()}
        assert inputs is not None
        if op.layer.casts_inputs:
            inputs = autocast(inputs, call.policy)
            arguments = {key: autocast(tree, call.policy) for key, tree in arguments.items()}
        return call._replace(inputs=inputs, arguments={**call.arguments, **arguments})

    @staticmethod
    def sized(layer: Layer, typed: Typed) -> None:
        """Refuses outputs and weights that are larger than any tensor."""
        output = typed.output
        outputs = (output,) if isinstance(output, Tensor) else leaves(output or ())
        for part in (*outputs, *(typed.weights or ())):
            if (excess := too_large(part.shape)) is not None:
                what = "output" if isinstance(part, Tensor) else f"weight `{part.name}`"
                message = f"the {what} of {layer.spec_name()} has {excess}"
                raise Refusal(ShapeDoesNotSuit, message, help="use smaller sizes here, or bring the input to smaller ones before")

    def call(self, op: Op, call: Call) -> Typed:
        layer = op.layer
        assert layer is not None
        if layer.input_kind == "each" and isinstance(call.inputs, tuple) and not isinstance(call.inputs, Tensor):
            parts = tuple(call._replace(inputs=part) for part in call.inputs)
            outputs = tuple(layer.output(part) for part in parts)
            shared = layer.weights(parts[0])
            suit(layer, call, shared, outputs)
            return Typed(outputs, shared, 0)
        output = known(layer.output, call)
        weights = known(layer.weights, call)
        if op.shared is not None and weights is not None:
            from layerctl.graph.infer.further import matches_first

            matches_first(self, op, call, weights)
        if layer.declaration is not None and not self.called_as_first(op):
            output = None  # a declaration describes the first call only
        own = weights if op.shared is None else ()
        if output is None or weights is None:
            return Typed(output, own, None)
        suit(layer, call, weights, output)
        return Typed(output, own, layer.macs(call, output))

    def called_as_first(self, op: Op) -> bool:
        """Whether a call is the first of its layer, or has the same shapes and values as the first."""
        first = self.graph.nodes[op.shared] if op.shared is not None else op
        assert isinstance(first, Op)
        return (
            first.layer is not op.layer
            or first is op
            or (first.literals == op.literals and self.read(first) == self.read(op) is not None)
        )

    def read(self, op: Op) -> Tree | None:
        """All tensors that a call reads; None as soon as one is unknown."""
        return None if op.inputs is None else self.tree((op.inputs, op.arguments))

    def form(self, op: Op, inputs: Tree | None) -> bool:
        """Whether the input is one tensor or a list, as the layer takes it."""
        assert op.layer is not None
        if inputs is None or (isinstance(inputs, Tensor) and op.layer.input_kind != "list"):
            return True
        from layerctl.graph.infer.form import suits

        return suits(self, op, inputs)

    def no_such_output(self, ref: Ref, place: Span, op: Op | None = None) -> None:
        from layerctl.graph.infer.mistakes import no_such_output

        no_such_output(self, ref, place, op)


def autocast(tree: Tree, policy: Policy) -> Tree:
    """Float tensors cast to the compute dtype, as Keras casts a layer's inputs; others unchanged."""
    if isinstance(tree, Tensor):
        return tree if tree.dtype == policy.compute or tree.dtype not in FLOATS else tree._replace(dtype=policy.compute)
    if isinstance(tree, Mapping):
        return {key: autocast(part, policy) for key, part in tree.items()}
    return tuple(autocast(part, policy) for part in tree)


def infer(graph: Graph, sink: Sink, masks: tuple[MaskTree, ...] = ()) -> TypedGraph:
    """Infers every node. What Keras would refuse is reported to the sink; nodes that depend on it stay unknown.

    Args:
        graph: the model.
        sink: where mistakes go.
        masks: the masks of the inputs, in order.
    """
    if not masks:
        return Inference(graph, sink).run()
    from layerctl.graph.infer.masks import Masks

    return Inference(graph, sink, Masks(masks)).run()
