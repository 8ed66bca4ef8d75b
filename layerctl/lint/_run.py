"""Runs the rules; one is imported only for a model that has a layer which could break it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property
from importlib import import_module
from typing import Any

from layerctl.base.model import remembered
from layerctl.base.shapes import Tensor
from layerctl.catalog.layers._base import Layer, Slide
from layerctl.diagnostics import Code, Related, Sink
from layerctl.graph.graph import Input, Op, Ref
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.syntax import Mapping, Node


class Design:
    """A model as the rules look at it.

    Attributes:
        nodes: inputs and calls.
        live: for each node, whether an output depends on it.
        users: for each node, those that read it.
        returned: the nodes that are outputs.
        before: for each node, the one that it reads, if it reads the whole of one and nothing else.
        reused: the nodes whose layer is called more than once.
        origins: for each node, the one whose values it holds: itself, or one before it through layers that pass values on.
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
        for index, node in enumerate(self.nodes):
            origin, before = index, None
            if isinstance(node, Op):
                if node.shared is not None:
                    self.reused |= {node.shared, index}
                for ref in node.refs():
                    self.users[ref.node].append(index)
                before = single(node)
                if before is not None and node.layer is not None and node.layer.keeps_values:
                    origin = self.origins[before]
            self.before.append(before)
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

    @cached_property
    def windows(self) -> list[tuple[Op, tuple[Slide, ...]]]:
        """The calls that move a window over their input, and how it moves along each axis."""
        found = []
        for _, op, layer in self._calls:
            tensor = self.given(op) if layer.moves_window else None
            if tensor is not None and isinstance(slides := layer.reach(tensor.shape), tuple):
                found.append((op, slides))
        return found

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


Concerned = tuple[Callable[[type[Layer]], bool], Callable[[Layer], bool] | None]
RULES: dict[str, Concerned] = {
    "missing_activation": (lambda cls: cls.linear, lambda layer: layer.final_activation == "linear"),
    "repeated_activation": (lambda cls: cls.is_activation, None),
    "needless_bias": (lambda cls: cls.centered_axis is not Layer.centered_axis, lambda layer: layer.centered_axis is not None),
    "noisy_output": (lambda cls: cls.random_in_training, None),
    "degenerate_softmax": (lambda cls: True, lambda layer: bool(layer.softmax_axes)),
    "one_pixel": (lambda cls: cls.moves_window, None),
    "skipped_pixels": (lambda cls: cls.moves_window, None),
    "flattened_images": (lambda cls: cls.fully_connected, None),
    "embedded_floats": (
        lambda cls: cls.vocabulary_size is not Layer.vocabulary_size,
        lambda layer: layer.vocabulary_size is not None,
    ),
    "idle_normalization": (
        lambda cls: cls.waits_for_adapt is not Layer.waits_for_adapt,
        lambda layer: bool(layer.waits_for_adapt),
    ),
}
"""Each rule's file, and whether a class, and a layer of it, are of the kind that it looks at; None where the class says all."""
OF_WHOLE = frozenset({"noisy_output"})
"""The rules that say nothing of a nested model: what it returns goes on."""


@remembered
def _rules_for(cls: type[Layer]) -> tuple[tuple[str, Callable[[Layer], bool] | None], ...]:
    """The rules that may concern a layer of this class, and what decides it."""
    return tuple((name, of_layer) for name, (of_class, of_layer) in RULES.items() if of_class(cls))


def concerned(layers: Iterable[Layer]) -> Iterator[str]:
    """The rules that a model with these layers could break."""
    found: set[str] = set()
    for layer in layers:
        for name, of_layer in _rules_for(type(layer)):
            if name not in found and (of_layer is None or of_layer(layer)):
                found.add(name)
    return (name for name in RULES if name in found)


@cache
def _rule(name: str) -> Callable[[Any, Sink], None]:
    return import_module(f"layerctl.lint.{name}").check  # type: ignore[no-any-return]


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
            _rule(name)(uses, sink)
    for library in included:
        if "vars" in library.entries:
            from layerctl.lint._uses import Uses

            _rule("unused_variable")(Uses(library, sink), sink)
    if model is None or sink.has_errors or not model.complete:
        return
    for number, typed in enumerate(whole_and_nested(model)):
        if typed.complete:
            judge(Design(typed), sink, OF_WHOLE if number else frozenset())


def whole_and_nested(model: TypedGraph) -> Iterator[TypedGraph]:
    """A model, and those nested in it as items."""
    yield model
    for node in model.graph.nodes:
        if isinstance(node, Op) and node.shared is None and isinstance(node.layer, Functional):
            yield from whole_and_nested(node.layer.typed._replace(lost_masks=node.layer.lost_masks))


def judge(design: Design, sink: Sink, without: frozenset[str]) -> None:
    """Runs the rules on one model."""
    for name in concerned(layer for _, _, layer in design.calls()):
        if name not in without:
            _rule(name)(design, sink)
    if design.model.lost_masks:
        _rule("lost_mask")(design, sink)
    if not all(design.live):
        _rule("leads_nowhere")(design, sink)
    if design.idle_inputs():
        _rule("unused_input")(design, sink)
