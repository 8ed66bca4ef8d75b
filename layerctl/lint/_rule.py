"""The declaration of a rule: the specs and models that it checks, and the function that warns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from layerctl.analysis.design import Design
    from layerctl.catalog.layers._base import Layer
    from layerctl.diagnostics import Sink
    from layerctl.graph.typed import TypedGraph
    from layerctl.language.expand.settings import Settings
    from layerctl.language.spec.train import Train
    from layerctl.language.syntax import Node
    from layerctl.lint._uses import Uses


class TextRule(NamedTuple):
    """A rule about names that a document defines and uses.

    Attributes:
        check: adds the warnings.
        sections: only documents with one of these sections are checked.
        of_included: whether included documents are checked too.
    """

    check: Callable[[Uses, Sink], None]
    sections: tuple[str, ...]
    of_included: bool = False


class DesignRule(NamedTuple):
    """A rule about a model without errors.

    Attributes:
        check: adds the warnings.
        of_class: only models that have a layer of such a class are checked; None for every model.
        of_layer: a further condition on that layer; None where its class is enough.
        of_nested: whether nested models are checked too, each by itself.
    """

    check: Callable[[Design, Sink], None]
    of_class: Callable[[type[Layer]], bool] | None = None
    of_layer: Callable[[Layer], bool] | None = None
    of_nested: bool = True


class TrainingRule(NamedTuple):
    """A rule about the training of a complete model.

    Attributes:
        check: adds the warnings.
    """

    check: Callable[[Training, Sink], None]


class Training(NamedTuple):
    """A complete model and how it is to be trained.

    Attributes:
        model: the typed graph.
        root: the document.
        train: its section `train`; None where it has none.
        settings: contain the memory budget.
    """

    model: TypedGraph
    root: Node
    train: Train | None
    settings: Settings


Rule = TextRule | DesignRule | TrainingRule
