"""Runs the rules on a spec and its models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from layerctl.analysis.design import Design
from layerctl.base.model import remembered
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Sink
from layerctl.graph.graph import Op
from layerctl.graph.nested import Functional
from layerctl.graph.typed import TypedGraph
from layerctl.language.expand.settings import Settings
from layerctl.language.syntax import Mapping, Node
from layerctl.lint import rules
from layerctl.lint._rule import DesignRule, TextRule, Training, TrainingRule

if TYPE_CHECKING:
    from layerctl.language.spec.train import Train

R = TypeVar("R", TextRule, DesignRule, TrainingRule)


def lint(
    model: TypedGraph | None,
    root: Node,
    sink: Sink,
    *,
    written: Node | None = None,
    included: Iterable[Mapping] = (),
    train: Train | None = None,
    settings: Settings | None = None,
) -> None:
    """Warns of designs that Keras would build and run, but that are probably not meant.

    Args:
        model: the typed graph; None where there is none.
        root: the document, with values in place of the variables in its sections.
        sink: where warnings go.
        written: the document as written, if that is another one.
        included: the included documents.
        train: the document's section `train`.
        settings: the caller's settings.
    """
    readable = not any(diagnostic.code.id.startswith("LC1") for diagnostic in sink.sorted())  # else unread text may use a name
    text = written or root
    if readable and isinstance(text, Mapping):
        judge_text(text, sink)
    for document in included:
        judge_text(document, sink, included=True)
    if model is None or not model.complete:
        return
    if not sink.has_errors:
        for number, typed in enumerate(whole_and_nested(model)):
            if typed.complete:
                judge(Design(typed), sink, nested=number > 0)
    training = Training(model, root, train, settings or Settings())
    for rule in of_kind(TrainingRule):
        rule.check(training, sink)
    if train is not None:
        judge_train(model, root, train, sink)


def of_kind(kind: type[R]) -> list[R]:
    """The rules of one kind, in order."""
    return [rule for rule in rules() if isinstance(rule, kind)]


def judge_train(model: TypedGraph, root: Node, train: Train, sink: Sink) -> None:
    """Runs the rules about the section `train`, which are loaded only for a spec that has one."""
    from layerctl.lint import training
    from layerctl.lint.training._rule import Plan

    plan = Plan(model, root, train)
    for rule in training.rules():
        rule.check(plan, sink)


def judge_text(root: Mapping, sink: Sink, *, included: bool = False) -> None:
    """Runs the text rules on one document."""
    applicable = [
        rule
        for rule in of_kind(TextRule)
        if not root.entries.keys().isdisjoint(rule.sections) and (rule.of_included or not included)
    ]
    if applicable:
        from layerctl.lint._uses import Uses

        uses = Uses(root, sink)
        for rule in applicable:
            rule.check(uses, sink)


def whole_and_nested(model: TypedGraph) -> Iterator[TypedGraph]:
    """A model, and the models nested in it as items, or called on each step of a sequence."""
    yield model
    for node in model.graph.nodes:
        layer = node.layer if isinstance(node, Op) and node.shared is None else None
        while layer is not None and layer.step_layer is not None:
            layer = layer.step_layer
        if isinstance(layer, Functional):
            yield from whole_and_nested(layer.typed._replace(lost_masks=layer.lost_masks))


def judge(design: Design, sink: Sink, *, nested: bool) -> None:
    """Runs the design rules on one model."""
    concerned = concerning(layer for _, _, layer in design.calls())
    for number, rule in enumerate(of_kind(DesignRule)):
        if (rule.of_class is None or number in concerned) and (rule.of_nested or not nested):
            rule.check(design, sink)
            design.report(sink)


def concerning(layers: Iterable[Layer]) -> set[int]:
    """The numbers of the design rules that apply to one of the layers."""
    numbers: set[int] = set()
    for layer in layers:
        for number, of_layer in _of_class(type(layer)):
            if number not in numbers and (of_layer is None or of_layer(layer)):
                numbers.add(number)
    return numbers


@remembered
def _of_class(cls: type[Layer]) -> list[tuple[int, Callable[[Layer], bool] | None]]:
    """The design rules for layers of this class, each with its condition on the layer."""
    numbered = enumerate(of_kind(DesignRule))
    return [(number, rule.of_layer) for number, rule in numbered if rule.of_class is not None and rule.of_class(cls)]
