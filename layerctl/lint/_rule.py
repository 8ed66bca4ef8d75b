"""How a rule declares itself: what it judges, and the function that warns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layerctl.analysis.design import Design
    from layerctl.catalog.layers._base import Layer
    from layerctl.diagnostics import Sink
    from layerctl.graph.typed import TypedGraph
    from layerctl.language.expand.settings import Settings
    from layerctl.language.spec.train import Train
    from layerctl.language.syntax import Node
    from layerctl.lint._uses import Uses


class TextRule:
    """A rule about names that a document defines and uses.

    Attributes:
        check: warns of what it finds.
        sections: documents with one of these sections are judged.
        of_included: whether included documents are judged too.
    """

    def __init__(self, check: Callable[[Uses, Sink], None], *, sections: tuple[str, ...], of_included: bool = False) -> None:
        self.check = check
        self.sections = sections
        self.of_included = of_included


class DesignRule:
    """A rule about a model in which nothing is wrong.

    Attributes:
        check: warns of what it finds.
        of_class: models are judged that have a layer of such a class; None for every model.
        of_layer: what must be true of that layer too; None where its class is enough.
        of_nested: whether the models nested in another are judged one by one.
    """

    def __init__(
        self,
        check: Callable[[Design, Sink], None],
        *,
        of_class: Callable[[type[Layer]], bool] | None = None,
        of_layer: Callable[[Layer], bool] | None = None,
        of_nested: bool = True,
    ) -> None:
        self.check = check
        self.of_class = of_class
        self.of_layer = of_layer
        self.of_nested = of_nested


class TrainingRule:
    """A rule about the training of a complete model.

    Attributes:
        check: warns of what it finds.
    """

    def __init__(self, check: Callable[[Training, Sink], None]) -> None:
        self.check = check


class Training:
    """A complete model and how it is to be trained.

    Attributes:
        model: what the spec says.
        root: the document.
        train: its section `train`; None where it has none.
        settings: with the memory that training may take.
    """

    def __init__(self, model: TypedGraph, root: Node, train: Train | None, settings: Settings) -> None:
        self.model = model
        self.root = root
        self.train = train
        self.settings = settings


Rule = TextRule | DesignRule | TrainingRule
