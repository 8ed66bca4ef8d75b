"""A graph with the inferred output, weights and costs of each node, for the later stages."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, overload

from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import MaskTree, Policy, Tree, Weight
from layerctl.graph.graph import Graph, Ref, RefTree


class Typed(NamedTuple):
    """What is inferred for a node.

    Attributes:
        output: its output, one tensor or several; None where a mistake, or an undeclared custom layer, leaves it unknown.
        weights: the variables of its layer, in Keras's order; empty for a further call; None where they are unknown.
        macs: multiply-accumulates of one sample; None where there is no rule.
    """

    output: Tree | None
    weights: tuple[Weight, ...] | None = ()
    macs: int | None = 0


Path = tuple[int | str, ...]
UNKNOWN = Typed(None, None, None)


class TypedGraph(NamedTuple):
    """A graph and what is inferred for each of its nodes.

    Attributes:
        policies: the dtype policies of the model and its layers, by name.
        live: for each node, whether an output depends on it.
        complete: whether every node that the outputs need is known.
        sound: whether none of them holds a mistake; whatever is unknown is then due to custom layers.
        masks: by node, the masks that Keras attaches to its outputs; nodes without masks are left out.
        lost_masks: the nodes whose call drops the mask of its input, each with the node where that mask begins.
        sparse: the nodes whose output is sparse when the model runs.
    """

    graph: Graph
    nodes: tuple[Typed, ...]
    policies: Mapping[str, Policy]
    live: tuple[bool, ...]
    complete: bool
    sound: bool
    masks: Mapping[int, MaskTree] = {}
    lost_masks: Mapping[int, int] = {}
    sparse: frozenset[int] = frozenset()

    def tensor(self, ref: Ref) -> Tree | None:
        return pick(self.nodes[ref.node].output, ref.path)

    def mask(self, ref: Ref) -> MaskTree:
        return pick(self.masks.get(ref.node), ref.path)

    def tree(self, refs: RefTree | None) -> Tree | None:
        """The tensors that references stand for; None as soon as one is unknown."""
        return gathered(self.nodes, refs)

    def outputs(self) -> tuple[tuple[str, Ref, Tensor], ...]:
        """Each tensor that the model returns, with its name; an item with several outputs gives `NAME[0]`, `NAME[1]`, …"""
        return tuple((name, ref, tensor) for name, ref, tensor in self.all_outputs() if tensor is not None)

    def all_outputs(self) -> tuple[tuple[str, Ref, Tensor | None], ...]:
        """As `outputs`, with None for an output that is unknown."""
        outputs: list[tuple[str, Ref, Tensor | None]] = []

        def add(name: str, ref: Ref, tree: Tree | None) -> None:
            if tree is None or isinstance(tree, Tensor):
                outputs.append((name, ref, tree))
            else:
                for step, part in tree.items() if isinstance(tree, Mapping) else enumerate(tree):
                    add(f"{name}[{step}]", Ref(ref.node, (*ref.path, step)), part)

        for output in self.graph.outputs:
            add(output.name, output.ref, self.tensor(output.ref))
        return tuple(outputs)


@overload
def pick(tree: Tree | None, path: Path) -> Tree | None: ...
@overload
def pick(tree: MaskTree, path: Path) -> MaskTree: ...
def pick(tree: MaskTree, path: Path) -> MaskTree:
    """A part of a structure of tensors or masks; None where it has no such part."""
    for step in path:
        if isinstance(tree, Mapping):
            tree = tree.get(str(step))
        elif isinstance(tree, tuple) and not isinstance(tree, Tensor) and isinstance(step, int) and step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree


def gathered(nodes: Sequence[Typed], refs: RefTree | None, held: Mapping[int, Tree] = {}) -> Tree | None:
    """The tensors that references stand for, for some nodes taken from `held`; None as soon as one is unknown."""
    if refs is None:
        return None
    if isinstance(refs, Ref):
        value = held[refs.node] if refs.node in held else nodes[refs.node].output
        return pick(value, refs.path) if refs.path else value
    if isinstance(refs, Mapping):
        named = {key: gathered(nodes, part, held) for key, part in refs.items()}
        return None if any(part is None for part in named.values()) else named  # type: ignore[return-value]
    parts = tuple(gathered(nodes, part, held) for part in refs)
    return None if any(part is None for part in parts) else parts  # type: ignore[return-value]
