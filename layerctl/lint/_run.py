"""Runs the rules; one is imported only for a model that has a layer which could break it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module

from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph import Input, Op, Ref
from layerctl.infer import TypedGraph
from layerctl.layers._base import Layer
from layerctl.nested import Functional
from layerctl.shapes import Tensor
from layerctl.syntax import Mapping, Node


class Design:
    """A model as the rules look at it.

    Attributes:
        nodes: inputs and calls.
        live: for each node, whether an output depends on it.
        users: for each node, those that read it.
        returned: the nodes that are outputs.
        reused: the nodes whose layer is called more than once.
        origins: for each node, the one whose values it holds: itself, or one before it through layers that pass values on.
    """

    def __init__(self, model: TypedGraph) -> None:
        self.model = model
        self.nodes = model.graph.nodes
        self.live = model.graph.live()
        self.returned = frozenset(output.ref.node for output in model.graph.outputs)
        self.users: list[list[int]] = [[] for _ in self.nodes]
        self.reused: set[int] = set()
        self.origins: list[int] = []
        for index, node in enumerate(self.nodes):
            origin = index
            if isinstance(node, Op):
                if node.shared is not None:
                    self.reused |= {node.shared, index}
                for ref in node.refs():
                    self.users[ref.node].append(index)
                before = single(node)
                if before is not None and node.layer is not None and node.layer.passes_values_on:
                    origin = self.origins[before]
            self.origins.append(origin)
        self._calls = [
            (index, node, node.layer)
            for index, (node, live) in enumerate(zip(self.nodes, self.live, strict=True))
            if live and isinstance(node, Op) and node.layer is not None
        ]

    def layer(self, index: int) -> Layer | None:
        """The layer of a call; None for an input."""
        node = self.nodes[index]
        return node.layer if isinstance(node, Op) else None

    def calls(self) -> Iterable[tuple[int, Op, Layer]]:
        """The calls that are part of the model, in order."""
        return self._calls

    def given(self, op: Op) -> Tensor | None:
        """The one tensor that a call is given, before a cast to the compute dtype; None where it is given several."""
        tensor = self.model.tensor(op.inputs) if isinstance(op.inputs, Ref) else None
        return tensor if isinstance(tensor, Tensor) else None

    def source(self, op: Op) -> tuple[str, Layer] | None:
        """The call whose values a call is given, by its name and layer; None where that is an input, or several."""
        before = single(op)
        node = self.nodes[self.origins[before]] if before is not None else None
        return (node.name, node.layer) if isinstance(node, Op) and node.layer is not None else None

    def idle_inputs(self) -> list[tuple[int, Input]]:
        """The inputs that no output depends on."""
        inputs = [(index, node) for index, node in enumerate(self.nodes) if isinstance(node, Input)]
        return [
            (index, node)
            for index, node in inputs
            if index not in self.returned and not any(self.live[user] for user in self.users[index])
        ]

    @staticmethod
    def warn(
        sink: Sink, code: type[Code], op: Op, message: str, *, help: str, label: str = "", related: Iterable[Related] = ()
    ) -> None:
        """A warning at a call; one for all uses of a block and all turns of a loop."""
        places = [place for place in related if place.span != op.place]
        places += [Related(frame.place, frame.what) for frame in op.frames]
        sink.add(code, op.place, message, help=help, label=label, related=dict.fromkeys(places), once=True)


def single(op: Op) -> int | None:
    """The node that a call reads, if it reads the whole of one and nothing else."""
    whole = isinstance(op.inputs, Ref) and not op.inputs.path and not op.arguments
    return op.inputs.node if whole else None  # type: ignore[union-attr]


RULES: dict[str, Callable[[Layer], object]] = {
    "missing_activation": lambda layer: layer.linear and layer.final_activation == "linear",
    "repeated_activation": lambda layer: layer.category == "activations",
    "needless_bias": lambda layer: layer.centered_axis is not None,
    "noisy_output": lambda layer: layer.noisy,
    "degenerate_softmax": lambda layer: layer.axes_of_one,
    "one_pixel": lambda layer: layer.category in ("convolutional", "pooling"),
    "skipped_pixels": lambda layer: layer.category in ("convolutional", "pooling"),
    "flattened_images": lambda layer: layer.linear and layer.category == "core",
    "embedded_floats": lambda layer: layer.looks_up is not None,
    "idle_normalization": lambda layer: layer.waits_for,
}
"""Each rule's file, and whether a layer is of the kind that it looks at."""
OF_WHOLE = ("noisy_output",)
"""The rules that say nothing of a nested model: what it returns goes on."""


def lint(model: TypedGraph | None, root: Node, sink: Sink, included: Iterable[Mapping] = ()) -> None:
    """Warns of what would build and run, but is hardly meant.

    Args:
        model: what the spec says; judged only where nothing in it is wrong.
        root: the document.
        sink: where warnings go.
        included: the documents that it includes.
    """
    read = not any(found.code.id.startswith("LC1") for found in sink.sorted())  # else what is hidden may use a name
    if read and isinstance(root, Mapping) and not root.entries.keys().isdisjoint(("vars", "blocks", "models")):
        from layerctl.lint._uses import Uses

        uses = Uses(root, sink)
        for name in ("unused_variable", "unused_block"):
            import_module(f"layerctl.lint.{name}").check(uses, sink)
    for library in included:
        if "vars" in library.entries:
            from layerctl.lint import unused_variable
            from layerctl.lint._uses import Uses

            unused_variable.check(Uses(library, sink), sink)
    if model is None or sink.has_errors or not model.complete:
        return
    for number, typed in enumerate(whole_and_nested(model)):
        judge(Design(typed), sink, OF_WHOLE if number else ())


def whole_and_nested(model: TypedGraph) -> Iterator[TypedGraph]:
    """A model, and those nested in it as items."""
    yield model
    for node in model.graph.nodes:
        if isinstance(node, Op) and node.shared is None and isinstance(node.layer, Functional):
            yield from whole_and_nested(node.layer.typed)


def judge(design: Design, sink: Sink, without: Sequence[str]) -> None:
    """Runs the rules on one model."""
    layers = [layer for _, _, layer in design.calls()]
    for name, concerns in RULES.items():
        if name not in without and any(map(concerns, layers)):
            import_module(f"layerctl.lint.{name}").check(design, sink)
    if not all(design.live):
        import_module("layerctl.lint.leads_nowhere").check(design, sink)
    if design.idle_inputs():
        import_module("layerctl.lint.unused_input").check(design, sink)
