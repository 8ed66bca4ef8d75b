"""Losses, metrics and optimizers as a spec names them."""

from __future__ import annotations

from typing import Any

from layerctl.base.source import Span
from layerctl.catalog import CATALOGS, Arguments, Catalog, Kind
from layerctl.diagnostics import Code, meant
from layerctl.language.bind import FAILED, Binder, WrongType, shown
from layerctl.language.bind.words import NOUNS, is_number
from layerctl.language.spec._codes import UnknownLoss, UnknownMetric, UnknownOptimizer
from layerctl.language.syntax import Mapping, Node, Scalar, Sequence

UNKNOWN: dict[str, type[Code]] = {
    "losses": UnknownLoss,
    "metrics": UnknownMetric,
    "optimizers": UnknownOptimizer,
    "schedules": UnknownOptimizer,
}


class Chosen:
    """A loss, a metric or an optimizer as a spec names it.

    Attributes:
        written: its name as written.
        arguments: the class with its arguments; None for `accuracy` and `crossentropy`, for which Keras chooses a class by the
            output's shape.
        place: the name's place.
        node: the value after the name; None for a bare name.
    """

    __slots__ = ("arguments", "node", "place", "written")

    def __init__(self, written: str, arguments: Arguments | None, place: Span, node: Node | None = None) -> None:
        self.written = written
        self.arguments = arguments
        self.place = place
        self.node = node

    def argument_place(self, *path: str) -> Span:
        """The place of an argument's value, or of an argument of the object that it is; of the last one that is given."""
        node, place = self.node, self.place
        for number, name in enumerate(path):
            if number and isinstance(node, Mapping) and len(node.entries) == 1:  # an object: its name, and its arguments
                ((_, entry),) = node.entries.items()
                node = entry.value
            value = node.get(name) if isinstance(node, Mapping) else None
            if value is None:
                break
            node, place = value, value.span
        return place

    @property
    def reported(self) -> str:
        """The name under which Keras reports a metric: as written for a bare name."""
        if self.node is None or self.arguments is None:
            return self.written
        name = self.arguments.reported()  # type: ignore[attr-defined]
        assert isinstance(name, str)
        return name


class TrainBinder(Binder):
    """A binder for the section `train`, which knows losses, metrics, optimizers and schedules."""

    def named(self, kind: Kind, name: str, arguments: Node | None, place: Span) -> Any:
        if kind.name not in UNKNOWN or CATALOGS[kind.name].find(name) is not None:
            return super().named(kind, name, arguments, place)
        if kind.name == "schedules" and arguments is None and is_number(name):
            message = f'a learning rate is a number or a schedule; got the text "{name}"'
            self.sink.add(WrongType, place, message, help="remove the quotes")
        else:
            self.unknown(kind.name, name, arguments, place)
        return FAILED

    def chosen(self, kind: str, node: Node) -> Chosen | None:
        """The object of a name, or of one name with its arguments; None after a diagnostic."""
        node = self.spelled_out(node)
        if isinstance(node, Scalar):
            value = self.plain(node)
            if isinstance(value, str):
                return self.choose(kind, value, None, node.span)
        elif isinstance(node, Mapping) and len(node.entries) == 1 and not self.is_other_form(kind, node):
            ((name, entry),) = node.entries.items()
            return self.choose(kind, name, entry.value, entry.key.span)
        else:
            value = self.plain(node)
        if value is not FAILED:
            from layerctl.language.bind.object_advice import for_object

            message = f"expected {NOUNS[kind]}; got {shown(value)}"
            self.sink.add(WrongType, node.span, message, help=for_object(self, kind, node))
        return None

    def unknown(self, kind: str, name: str, arguments: Node | None, place: Span) -> None:
        """Reports a name that does not exist, and the mistakes in its arguments where another name for it does."""
        from layerctl.language.bind.object_advice import for_name

        catalog = CATALOGS[kind]
        if (refused := catalog.not_expressible.get(name)) is not None:
            self.sink.add(UNKNOWN[kind], place, f"`{name}` cannot be written in a spec: {refused[0]}", help=refused[1])
            return
        help = for_name(self, kind, name, catalog, alone=arguments is None)
        help = help or meant(self.sink.did_you_mean(name, catalog.spelled_like(name)))
        help = help or self.sink.suggestion(name, catalog.names())
        self.sink.add(UNKNOWN[kind], place, f"there is no {catalog.noun} `{name}`", help=help)
        self.in_place_of(catalog, help, arguments, place)

    def choose(self, kind: str, name: str, arguments: Node | None, place: Span) -> Chosen | None:
        if arguments is None and by_shape(CATALOGS[kind], name):
            return Chosen(name, None, place)
        bound = self.named(Kind(kind), name, arguments, place)
        return None if bound is FAILED else Chosen(name, bound, place, arguments)


def by_shape(catalog: Catalog, name: str) -> bool:
    """Whether the name stands for one of several classes, chosen by the output's shape."""
    return name.lower() in catalog.by_shape


def is_object(kind: str, node: Mapping) -> bool:
    """Whether a mapping is one object with its arguments, rather than objects by output.

    It is if its only key is a class of that kind, or resembles one and has a value that can only be arguments.
    """
    if len(node.entries) != 1:
        return False
    ((name, entry),) = node.entries.items()
    if is_named(kind, entry.value):
        return False
    catalog = CATALOGS[kind]
    if catalog.find(name) is not None or name in catalog.not_expressible:
        return True
    arguments = isinstance(entry.value, Mapping) or (isinstance(entry.value, Scalar) and not isinstance(entry.value.value, str))
    if not arguments:
        return False
    from layerctl.diagnostics.spelling import did_you_mean

    return did_you_mean(name, (*catalog.names(), *catalog.aliases)) is not None


def is_named(kind: str, node: Node) -> bool:
    """Whether a node names an object or is a list, as the value of an output's name does."""
    catalog = CATALOGS[kind]
    if isinstance(node, Scalar):
        return isinstance(node.value, str) and (by_shape(catalog, node.value) or catalog.find(node.value) is not None)
    if isinstance(node, Mapping):
        return len(node.entries) == 1 and catalog.find(next(iter(node.entries))) is not None
    return isinstance(node, Sequence)
