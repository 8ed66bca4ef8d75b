"""Runs the rules; one is imported only for a model that has a layer which could break it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from layerctl.analysis.design import Design
from layerctl.base.model import remembered
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Sink
from layerctl.graph.graph import Op
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.syntax import Mapping, Node

Concerned = tuple[Callable[[type[Layer]], bool], Callable[[Layer], bool] | None]
RULES: dict[str, Concerned] = {
    "missing_activation": (lambda cls: cls.linear, lambda layer: layer.final_activation == "linear"),
    "repeated_activation": (lambda cls: cls.category == "activations", None),
    "needless_bias": (lambda cls: cls.centered_axis is not Layer.centered_axis, lambda layer: layer.centered_axis is not None),
    "noisy_output": (lambda cls: cls.noisy, None),
    "degenerate_softmax": (lambda cls: True, lambda layer: bool(layer.axes_of_one)),
    "one_pixel": (lambda cls: cls.category in ("convolutional", "pooling"), None),
    "skipped_pixels": (lambda cls: cls.category in ("convolutional", "pooling"), None),
    "flattened_images": (lambda cls: cls.linear and cls.category == "core", None),
    "embedded_floats": (lambda cls: cls.looks_up is not Layer.looks_up, lambda layer: layer.looks_up is not None),
    "idle_normalization": (lambda cls: cls.waits_for is not Layer.waits_for, lambda layer: bool(layer.waits_for)),
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
