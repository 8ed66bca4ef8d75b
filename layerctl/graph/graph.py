"""A model with resolved names: a list of nodes in the order of computation, each an input or a call of a layer.

In a legal graph every `Ref` points to an earlier node, names are unique, `shared` points to an earlier call of the same layer,
and outputs point to nodes of the graph. `verify` checks this.
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
    """One step on the way from an item to the layer it expands to: the use of a block, a model or a wrapped layer."""

    place: Span
    what: str


def uses(frames: tuple[Frame, ...]) -> tuple[Related, ...]:
    """The steps through blocks and models, as places that explain a mistake."""
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
        layer: the layer with its arguments; None where they hold a mistake: then the result is unknown.
        inputs: what it is called on; None where that holds a mistake, empty where all its arguments go by name.
        by_default: whether the input is the preceding item because the user named none.
        arguments: further tensors of the call, by Keras's argument names.
        literals: further plain values of the call.
        place: the operation key.
        places: the place of each of its references, in the order of `refs`, and last that of all of `inputs`; empty for a
            default input.
        shared: the node whose layer is called again, or None for a layer of its own.
        frames: the steps through blocks that lead here, outermost first.
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
    """A use of a block: the name of its definition, and its output; None where a mistake leaves that unknown."""

    block: str
    value: RefTree | None


class Graph(NamedTuple):
    """A model with every name resolved.

    Attributes:
        dtype: the default dtype policy.
        nodes: inputs first, then calls in the order of the document.
        outputs: what the model returns; empty where that holds a mistake.
        names: each name, as a reference would write it, and its node.
        hidden: whether a mistake hides some of the items and their names.
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
        """For each node, whether an output depends on it; other nodes are not part of the Keras model."""
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
        """Asserts that the graph is legal, as the module's docstring defines it; for tests."""
        for index, node in enumerate(self.nodes):
            assert isinstance(node, Input | Op)
            if isinstance(node, Op):
                assert all(0 <= ref.node < index for ref in node.refs())
                assert node.shared is None or (node.shared < index and isinstance(self.nodes[node.shared], Op))
        assert len({node.name for node in self.nodes}) == len(self.nodes)
        assert all(0 <= output.ref.node < len(self.nodes) for output in self.outputs)
