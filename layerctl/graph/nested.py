"""A nested model as a layer: a call runs its whole graph, and its weights are those of all its layers."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeVar

from layerctl.base.shapes import Shape, Tensor, same, text
from layerctl.catalog.layers._base import Call, InputKind, Layer, Masks, MaskTree, OfSparse, Refusal, Tree, Weight
from layerctl.catalog.layers._calls import Unknown
from layerctl.catalog.layers._codes import ShapeDoesNotSuit, WrongRank
from layerctl.catalog.layers._masks import arranged, flat_masks
from layerctl.diagnostics import Sink
from layerctl.graph.graph import Graph, Input, Op, Ref
from layerctl.graph.infer import infer
from layerctl.graph.typed import TypedGraph

T = TypeVar("T")


class Functional(Layer):
    """A nested model, made of an entry of `models` and the values of its parameters.

    Call arguments: `training`; the inputs by their names.

    Input shape: that of each input, unknown dimensions filled in by the call.

    Output shape: of one output, a list of them, or a mapping, as `outputs` says.

    Weights: those of all its layers, in Keras's order.

    MACs: those of all its layers.
    """

    category: ClassVar[str] = "models"
    call_arguments: ClassVar[tuple[str, ...]] = ("inputs", "training")

    of_sparse: ClassVar[OfSparse] = "dense"  # the layers within it are not asked

    autocast: bool = False

    definition: ClassVar[str]
    typed: ClassVar[TypedGraph]
    told: ClassVar[Tree | None]
    _calls: ClassVar[dict[tuple[tuple[Shape, ...], tuple[MaskTree, ...]], TypedGraph]]

    @classmethod
    def of(cls, definition: str, typed: TypedGraph, told: Tree | None = None) -> "Functional":
        """The layer of a model without mistakes; shapes that depend on custom layers may be unknown.

        Args:
            definition: the model's name among `models`.
            typed: its graph, inferred for inputs exactly as declared.
            told: the output of its call as reported by Keras, where layerctl cannot infer it.
        """
        calls = {(tuple(node.shape for node in typed.graph.inputs), ()): typed}
        known = {"definition": definition, "typed": typed, "told": told, "_calls": calls}
        return cls.model_construct().model_copy(update=known)

    @property
    def input_names(self) -> tuple[str, ...]:  # type: ignore[override]  # those of the model
        return tuple(node.name for node in self.typed.graph.inputs)

    @property
    def input_kind(self) -> InputKind:  # type: ignore[override]  # likewise
        return "tensor" if len(self.typed.graph.inputs) == 1 else "list"

    @property
    def contents(self) -> tuple[Any, ...]:
        return tuple(node.layer for node in self.typed.graph.nodes if isinstance(node, Op) and node.shared is None)

    @property
    def takes_mask(self) -> bool:
        return True

    def output(self, call: Call) -> Tree:
        typed = self._called(call)
        tree = self.told or _returned(typed)
        if tree is None:
            raise Unknown
        return tree

    def weights(self, call: Call) -> tuple[Weight, ...]:
        return tuple(self._weights())

    def _weights(self) -> Iterator[Weight]:
        for index in weight_order(self.typed.graph):
            op = self.typed.graph.nodes[index]
            assert isinstance(op, Op)
            assert op.layer is not None
            policy = self.typed.policies[op.layer.own_policy or self.typed.graph.dtype]
            weights = self.typed.nodes[index].weights
            if weights is None:
                raise Unknown
            for weight in weights:
                trains = weight.trainable and op.layer.trains_weights
                yield weight._replace(trainable=trains, dtype=weight.dtype or policy.variable)

    def macs(self, call: Call, output: Tree) -> int | None:
        typed = self._called(call)
        live = zip(typed.live, typed.nodes, strict=True)
        counts = [node.macs for is_live, node in live if is_live]
        return None if None in counts else sum(macs for macs in counts if macs is not None)

    @property
    def final_activation(self) -> str | None:
        last = self._last
        return last.final_activation if last is not None else None

    @property
    def activation_is_elementwise(self) -> bool:
        last = self._last
        return last is None or last.activation_is_elementwise

    @property
    def softmax_axes(self) -> tuple[int, ...]:
        last = self._last
        return last.softmax_axes if last is not None else ()

    @property
    def _last(self) -> Layer | None:
        """The layer that gives the only output."""
        outputs = self.typed.graph.outputs
        node = self.typed.graph.nodes[outputs[0].ref.node] if len(outputs) == 1 else None
        return node.layer if isinstance(node, Op) else None

    @property
    def masks(self) -> Masks:  # type: ignore[override]  # Keras warns that a model loses masks; when it runs, its layers have them
        return "makes" if _masks(self.typed) is not None else "passes"

    def mask(self, call: Call, input_mask: MaskTree) -> MaskTree:
        masks = input_mask if isinstance(input_mask, tuple) and not isinstance(input_mask, Tensor) else (input_mask,)
        return _masks(self.called_on(call.inputs, masks if any(masks) else ()))

    @property
    def lost_masks(self) -> dict[int, int]:
        """As in `TypedGraph`, of all calls of the model but those on the steps of a sequence with a mask of whole steps.

        TimeDistributed, which makes these calls, passes that mask on itself.
        """
        calls = [typed for (_, masks), typed in self._calls.items() if not all(map(_of_samples, masks))]
        return {index: begins for typed in calls for index, begins in typed.lost_masks.items()}

    def _called(self, call: Call) -> TypedGraph:
        """The model's graph for a call, with the mask that TimeDistributed gives it."""
        mask = call.arguments.get("mask")
        return self.called_on(call.inputs, () if mask is None else (mask,))

    def called_on(self, inputs: Tree, masks: tuple[MaskTree, ...] = ()) -> TypedGraph:
        """The model's graph inferred for one call, on a tensor or a list; these may know dimensions that its inputs leave open.

        Args:
            inputs: what it is called on.
            masks: the masks of the inputs; empty where there are none.

        Raises:
            Refusal: an input does not fit, or a layer cannot work on what it then gets.
        """
        tensors: tuple[Tensor, ...] = (inputs,) if isinstance(inputs, Tensor) else inputs  # type: ignore[assignment]
        declared = self.typed.graph.inputs
        shapes = tuple(_fitting(self.definition, node, tensor) for node, tensor in zip(declared, tensors, strict=True))
        if (shapes, masks) not in self._calls:
            self._calls[shapes, masks] = self._inferred(shapes, masks)
        return self._calls[shapes, masks]

    def in_call(self, typed: TypedGraph, op: Op) -> TypedGraph:
        """As `called_on`, for a call in a graph, whose inputs may have masks."""
        masks = tuple(map(typed.mask, op.refs()))
        return self.called_on(tuple(map(typed.tensor, op.refs())), masks if any(masks) else ())  # type: ignore[arg-type]  # known

    def _inferred(self, shapes: tuple[Shape, ...], masks: tuple[MaskTree, ...]) -> TypedGraph:
        graph = self.typed.graph
        left = iter(shapes)
        nodes = tuple(node._replace(shape=next(left)) if isinstance(node, Input) else node for node in graph.nodes)
        sink = Sink()
        typed = infer(graph._replace(nodes=nodes), sink, masks)
        for diagnostic in sink.sorted():
            raise Refusal(
                diagnostic.code,
                diagnostic.message,
                help=diagnostic.help,
                label=diagnostic.label,
                place=diagnostic.span,
                related=diagnostic.related,
                trace=diagnostic.trace,
            )
        return typed


def _fitting(model: str, node: Input, tensor: Tensor) -> Shape:
    """The shape of an input in a call: its declared dimensions, and the call's where they are left open.

    Raises:
        Refusal: Keras would refuse this tensor for this input. A missing or extra last axis of 1, which Keras corrects, is
            refused here too.
    """
    wanted, got = node.shape, tensor.shape
    if len(wanted) != len(got):
        message = f"the input `{node.name}` of `{model}` is {text(wanted)}; got {text(got)}"
        help = "bring the tensor to that rank, or change the model's `inputs`"
        raise Refusal(WrongRank, message, label=f"got {text(got)}", help=help)
    for a, b in zip(wanted[1:], got[1:], strict=True):
        if not same(a, b):
            message = f"the input `{node.name}` of `{model}` is {text(wanted)}; got {text(got)}"
            help = "write `null` in the model's `inputs` for a dimension that may be of any size, or make it a parameter"
            raise Refusal(ShapeDoesNotSuit, message, label=f"got {text(got)}", help=help)
    return got[0], *(a if b is None else b for a, b in zip(wanted[1:], got[1:], strict=True))


def _returned(typed: TypedGraph) -> Tree | None:
    """What a call of the model returns."""
    trees = [typed.tensor(output.ref) for output in typed.graph.outputs]
    known = [tree for tree in trees if tree is not None]
    return _packed(typed.graph, known) if len(known) == len(trees) else None


def _masks(typed: TypedGraph) -> MaskTree:
    """The masks of the model's outputs, in the structure of what a call returns; None where there are none."""
    masks: list[MaskTree] = []
    for output in typed.graph.outputs if typed.masks else ():
        tree = typed.tensor(output.ref)
        masks.append(None if tree is None else arranged(flat_masks(typed.mask(output.ref)), tree))
    return _packed(typed.graph, masks) if any(mask for part in masks for mask in flat_masks(part)) else None


def _packed(graph: Graph, parts: list[T]) -> T | Mapping[str, T] | tuple[T, ...]:
    """The tensors or masks of the outputs, in the structure of what a call returns."""
    if graph.keyed_outputs:
        return {output.name: part for output, part in zip(graph.outputs, parts, strict=True)}
    return parts[0] if len(parts) == 1 else tuple(parts)


def _of_samples(mask: MaskTree) -> bool:
    """Whether a mask marks whole samples, not steps of them."""
    return isinstance(mask, Tensor) and mask.rank == 1


def weight_order(graph: Graph) -> list[int]:
    """The nodes that own layers, in the order of `keras.Model.layers`: by distance from the outputs, then by depth-first search.

    Follows `map_graph` in `keras/src/ops/function.py`.
    """
    first_visits, finished = _searched(graph)
    depths: dict[int, int] = {}
    owners: dict[int, int] = {}
    for index in reversed(finished):
        owner = _owner(graph, index)
        depth = owners[owner] = depths[index] = max(depths.get(index, 0), owners.get(owner, 0))
        node = graph.nodes[index]
        for ref in _read(node):
            depths[ref.node] = max(depth + 1, depths.get(ref.node, 0))
    layers = (owner for owner in owners if isinstance(graph.nodes[owner], Op))
    return sorted(layers, key=lambda owner: (-owners[owner], first_visits[owner]))


def _owner(graph: Graph, index: int) -> int:
    node = graph.nodes[index]
    return node.shared if isinstance(node, Op) and node.shared is not None else index


def _searched(graph: Graph) -> tuple[dict[int, int], list[int]]:
    """A depth-first search from the outputs: the order in which layers are first visited, and in which nodes are finished."""
    first_visits: dict[int, int] = {}
    finished: dict[int, None] = {}
    outputs = sorted(graph.outputs, key=lambda output: output.name) if graph.keyed_outputs else graph.outputs
    for output in outputs:
        stack: list[tuple[int, Iterator[Ref]]] = []
        _enter(graph, output.ref.node, first_visits, finished, stack)
        while stack:
            index, refs = stack[-1]
            ref = next(refs, None)
            if ref is None:
                finished[index] = None
                stack.pop()
            else:
                _enter(graph, ref.node, first_visits, finished, stack)
    return first_visits, list(finished)


def _enter(
    graph: Graph, index: int, first_visits: dict[int, int], finished: dict[int, None], stack: list[tuple[int, Iterator[Ref]]]
) -> None:
    if index in finished:
        return
    first_visits.setdefault(_owner(graph, index), len(first_visits))
    node = graph.nodes[index]
    stack.append((index, _read(node)))


def _read(node: Input | Op) -> Iterator[Ref]:
    """The references of a call in the order of Keras's search: further arguments sorted by name."""
    if isinstance(node, Op):
        yield from node._replace(arguments=dict(sorted(node.arguments.items()))).refs()
