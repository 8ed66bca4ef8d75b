"""A model as design rules see it: which calls read which, and where the values of each call come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from layerctl.base.shapes import Tensor
from layerctl.base.source import Span
from layerctl.catalog.layers._base import Layer, Slide
from layerctl.diagnostics import Advice, Code, Related, Sink
from layerctl.graph.graph import Input, Op, Ref, uses
from layerctl.graph.typed import TypedGraph


class Prepared(NamedTuple):
    """A warning at one call; `partly` is the advice where other calls of the same line have not this fault."""

    code: type[Code]
    place: Span
    message: str
    help: Advice | str
    label: str
    related: tuple[Related, ...]
    uses: tuple[Related, ...]
    partly: str


class Design:
    """A model as design rules see it.

    Attributes:
        nodes: inputs and calls.
        layers: for each node, its layer; None for an input.
        live: for each node, whether an output depends on it.
        users: for each node, the nodes that read it.
        returned: the nodes that are outputs.
        before: for each node, its only input; None where it reads several nodes, or one of several outputs.
        reused: the nodes whose layer is called more than once.
        origins: for each node, the node that computes its values: itself, or an earlier one if its layer only passes values on.
    """

    def __init__(self, model: TypedGraph) -> None:
        self.model = model
        self.nodes = model.graph.nodes
        self.live = model.live
        self.returned = frozenset(output.ref.node for output in model.graph.outputs)
        self.users: list[list[int]] = [[] for _ in self.nodes]
        self.reused: set[int] = set()
        self.before: list[int | None] = []
        self.origins: list[int] = []
        self.layers: list[Layer | None] = []
        self._calls: list[tuple[int, Op, Layer]] = []
        for index, node in enumerate(self.nodes):
            origin, before, layer = index, None, None
            if isinstance(node, Op):
                layer = node.layer
                if node.shared is not None:
                    self.reused |= {node.shared, index}
                for ref in node.refs():
                    self.users[ref.node].append(index)
                before = single(node)
                if layer is not None:
                    if self.live[index]:
                        self._calls.append((index, node, layer))
                    if before is not None and layer.keeps_values:
                        origin = self.origins[before]
            self.layers.append(layer)
            self.before.append(before)
            self.origins.append(origin)
        self._warnings: dict[tuple[type[Code], Span], list[tuple[str, Prepared]]] = {}

    def calls(self) -> Iterable[tuple[int, Op, Layer]]:
        """The calls that are part of the model, in order."""
        return self._calls

    def given(self, op: Op) -> Tensor | None:
        """The input tensor of a call, before the cast to the compute dtype; None where there are several."""
        tensor = self.model.tensor(op.inputs) if isinstance(op.inputs, Ref) else None
        return tensor if isinstance(tensor, Tensor) else None

    @cached_property
    def windows(self) -> list[tuple[Op, tuple[Slide, ...]]]:
        """The calls that move a window over their input, and the window's movement along each axis."""
        windows = []
        for _, op, layer in self._calls:
            tensor = self.given(op) if layer.moves_window else None
            if tensor is not None and isinstance(slides := layer.reach(tensor.shape), tuple):
                windows.append((op, slides))
        return windows

    def source(self, op: Op) -> tuple[str, Layer] | None:
        """The name and layer of the call that computes the input of a call; None where that is a model input, or several."""
        before = single(op)
        node = self.nodes[self.origins[before]] if before is not None else None
        return (node.name, node.layer) if isinstance(node, Op) and node.layer is not None else None

    def is_alone(self, op: Op) -> bool:
        """Whether what computes the input of a call computes it for nothing else, and stands in a line of its own."""
        before = single(op)
        while before is not None and len(self.users[before]) == 1 and before not in self.returned:
            node = self.nodes[before]
            if before == self.origins[before]:
                return isinstance(node, Op) and self.uses_of[node.place] == 1
            before = self.before[before]
        return False

    def idle_inputs(self) -> list[tuple[int, Input]]:
        """The inputs that no output depends on."""
        inputs = [(index, node) for index, node in enumerate(self.nodes) if isinstance(node, Input)]
        return [
            (index, node)
            for index, node in inputs
            if index not in self.returned and not any(self.live[user] for user in self.users[index])
        ]

    def warn(
        self,
        sink: Sink,
        code: type[Code],
        op: Op,
        message: str,
        *,
        help: Advice | str,
        label: str = "",
        related: Iterable[Related] = (),
        partly: str = "",
    ) -> None:
        """Prepares a warning at a call, which `report` adds once for all uses of a block and all turns of a loop.

        Args:
            sink: where warnings go.
            code: the kind of the warning.
            op: the call.
            message: what is wrong.
            help: what to do, if all uses of the line are concerned.
            label: a few words beside the marked text.
            related: other places.
            partly: what to do if other uses of the same line have not this fault.
        """
        elsewhere = tuple(dict.fromkeys(place for place in related if place.span != op.place))
        warning = Prepared(code, op.place, message, help, label, elsewhere, uses(op.frames), partly)
        self._warnings.setdefault((code, op.place), []).append((op.name, warning))

    def report(self, sink: Sink) -> None:
        """Adds the prepared warnings. Where a line of the spec stands for several calls, the advice holds for all of them."""
        for (_, place), warnings in self._warnings.items():
            _, first = warnings[0]
            concerned, every = len({name for name, _ in warnings}), self.uses_of[place]
            help = first.help
            if concerned < every:
                help = first.partly or (
                    f"this line makes {every} layers, and the fault is in {concerned} of them: make it "
                    "depend on a parameter of the block, or on the loop, so that the others stay as they are"
                )
            for _, one in warnings:
                sink.add(one.code, place, one.message, help=help, label=one.label, related=one.related, uses=one.uses, once=True)
        self._warnings.clear()

    @cached_property
    def uses_of(self) -> Counter[Span]:
        """How many calls each line of the spec stands for."""
        return Counter(op.place for _, op, _ in self._calls)


def single(op: Op) -> int | None:
    """The only input node of a call; None where it reads several nodes, or one of a node's several outputs."""
    only = isinstance(op.inputs, Ref) and not op.inputs.path and not op.arguments
    return op.inputs.node if only else None  # type: ignore[union-attr]
