"""What a model is once names are resolved: a list of nodes, each an input or the call of a layer, in an order that runs.

A legal graph: every `Ref` points to a node before its own; names are unique; `shared` points to an earlier call of the same
layer; outputs point into the graph. `verify` says so in code.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from layerctl.base.shapes import Shape
from layerctl.base.source import Span
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Related


class Ref(NamedTuple):
    """The output of a node, or a part of it: `lstm[1]` is `Ref(index of lstm, (1,))`."""

    node: int
    path: tuple[int | str, ...] = ()


RefTree = Ref | tuple["RefTree", ...] | Mapping[str, "RefTree"]


class Frame(NamedTuple):
    """One step of the way from a use to a definition: the use of a block, a model, a wrapped layer."""

    place: Span
    what: str


def uses(frames: tuple[Frame, ...]) -> tuple[Related, ...]:
    """The way through blocks and models as places that explain a mistake."""
    return tuple(Related(frame.place, frame.what) for frame in frames)


class Input(NamedTuple):
    """An input of the model; `shape` holds the batch dimension first."""

    name: str
    shape: Shape
    dtype: str
    place: Span


class Op(NamedTuple):
    """One call of a layer.

    Attributes:
        name: unique in the model.
        layer: its arguments; None where they hold a mistake, and then nothing is known of the result.
        inputs: what it is called on; None where that holds a mistake, empty where all its arguments go by name.
        by_default: whether the input is the item before it, not one that the user named.
        arguments: further tensors of the call, by Keras's argument names.
        literals: further plain values of the call.
        place: the operation key.
        places: where each of its references stands, in the order of `refs`, and last the whole of `inputs`; empty for a
            default input.
        shared: the node whose layer is called again, or None for a layer of its own.
        frames: the way here through blocks, outermost first.
    """

    name: str
    layer: Layer | None
    inputs: RefTree | None
    place: Span
    by_default: bool = False
    arguments: Mapping[str, RefTree] = {}
    literals: Mapping[str, Any] = {}
    shared: int | None = None
    frames: tuple[Frame, ...] = ()
    places: tuple[Span, ...] = ()

    def refs(self) -> tuple[Ref, ...]:
        """Every node that this call reads."""
        if isinstance(self.inputs, Ref) and not self.arguments:
            return (self.inputs,)
        return tuple(ref for tree in (self.inputs, *self.arguments.values()) if tree is not None for ref in leaves(tree))


def leaves(tree: RefTree) -> Iterator[Ref]:
    if isinstance(tree, Ref):
        yield tree
    else:
        for inner in tree.values() if isinstance(tree, Mapping) else tree:
            yield from leaves(inner)


class Output(NamedTuple):
    """An output of the model: its key, or the reference as written."""

    name: str
    ref: Ref
    place: Span


class Group(NamedTuple):
    """A use of a block: the name of its definition, and what it gives; None where that is unknown because of a mistake."""

    block: str
    value: RefTree | None


class Graph(NamedTuple):
    """A model with every name resolved.

    Attributes:
        dtype: the default dtype policy.
        nodes: inputs first, then calls in the order of the document.
        outputs: what the model returns; empty where that holds a mistake.
        names: each name, as a reference would write it, and its node.
        hidden: whether a mistake hides some of the items, and their names.
        groups: the uses of blocks, by their full names.
        keyed_outputs: whether the outputs are a mapping.
    """

    name: str
    dtype: str
    nodes: tuple[Input | Op, ...]
    outputs: tuple[Output, ...]
    names: Mapping[str, int]
    keyed_outputs: bool = False
    groups: Mapping[str, Group] = {}
    hidden: bool = False

    @property
    def inputs(self) -> tuple[Input, ...]:
        return tuple(node for node in self.nodes if isinstance(node, Input))

    def live(self) -> tuple[bool, ...]:
        """For each node, whether an output depends on it: what does not is no part of the Keras model."""
        nodes = self.nodes
        live = [isinstance(node, Input) for node in nodes]
        for output in self.outputs:
            live[output.ref.node] = True
        for index in range(len(nodes) - 1, -1, -1):
            if live[index] and isinstance(node := nodes[index], Op):
                for ref in node.refs():
                    live[ref.node] = True
        return tuple(live)

    def verify(self) -> None:
        """Asserts what this module's docstring promises; for tests."""
        for index, node in enumerate(self.nodes):
            assert isinstance(node, Input | Op)
            if isinstance(node, Op):
                assert all(0 <= ref.node < index for ref in node.refs())
                assert node.shared is None or (node.shared < index and isinstance(self.nodes[node.shared], Op))
        assert len({node.name for node in self.nodes}) == len(self.nodes)
        assert all(0 <= output.ref.node < len(self.nodes) for output in self.outputs)
