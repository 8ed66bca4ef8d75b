"""Turns the nodes that the user wrote into typed arguments, or diagnostics with a place."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping as MappingABC
from typing import Any, Protocol

from pydantic_core import ValidationError

from layerctl.base.model import Model
from layerctl.base.shapes import MOST
from layerctl.base.source import Span
from layerctl.catalog import CATALOGS, Arguments, Catalog, Kind
from layerctl.catalog.activations import ACTIVATIONS, UNUSABLE
from layerctl.catalog.layers._base import layer_class
from layerctl.diagnostics import Advice, Sink
from layerctl.language.bind._codes import (
    MissingArgument,
    UnknownKey,
    UnknownLayer,
    UnknownObject,
    WrongType,
)
from layerctl.language.bind.evaluating import Evaluating, is_failed
from layerctl.language.bind.fields import counts, form_of, object_fields
from layerctl.language.bind.words import NOUNS, describe_field, is_custom, shown
from layerctl.language.expressions.values import FAILED, Malformed, Undefined
from layerctl.language.syntax import Entry, Mapping, Node, Partial, Scalar, Sequence, is_null

FEW_NAMES = 50


class Models(Protocol):
    """The spec's nested models."""

    def is_model(self, name: str) -> bool: ...

    def model_names(self) -> list[str]: ...

    def wrapped_model(self, binder: Binder, name: str, arguments: Node | None, place: Span) -> Any:
        """The model as a layer; FAILED where it holds a mistake (reported)."""


def layered(below: MappingABC[str, Any], above: MappingABC[str, Any]) -> MappingABC[str, Any]:
    """Both mappings as one, without copying a large one: a loop would copy it at each turn."""
    if len(below) < FEW_NAMES and not isinstance(below, ChainMap):
        return {**below, **above}
    return ChainMap(above, *(below.maps if isinstance(below, ChainMap) else (below,)))  # type: ignore[arg-type]


class Binder(Evaluating):
    """Binds nodes to models, with the variables that are visible at their place.

    Attributes:
        models: the nested models that a layer can wrap.
    """

    def __init__(self, sink: Sink, names: MappingABC[str, Any], models: Models | None = None) -> None:
        self.sink = sink
        self.names = names
        self.models = models

    def extended(self, names: MappingABC[str, Any]) -> Binder:
        """A binder that knows more names."""
        return Binder(self.sink, layered(self.names, names), self.models)

    def report(self, node: Scalar, text: str, error: Undefined | Malformed) -> None:
        from layerctl.language.bind.uncomputed import report_uncomputed

        report_uncomputed(self, node, text, error)

    def arguments(self, cls: type[Arguments], node: Node | None, place: Span, *, what: str) -> Arguments | None:
        """A layer's or object's arguments: a mapping, a bare first argument, or nothing.

        Args:
            cls: the class that takes them.
            node: the value after the name; None and null stand for no arguments.
            place: the name's place, where a missing argument is reported.
            what: the name as the user wrote it.
        """
        node = node and self.spelled_out(node)
        if is_failed(node):
            return None
        if node is None or is_null(node):
            entries: dict[str, Entry] = {}
        elif isinstance(node, Mapping) and not self.is_first_object(cls, node):
            entries = node.entries
        else:
            first = cls.first_argument()
            if first is None:
                self.sink.add(WrongType, node.span, f"{what} takes no bare value", help=f"write the arguments of {what} by name")
                return None
            entries = {first: Entry(Scalar(node.source, node.start, node.end, first), node)}
            if self.holds_several(cls, first, node):
                entries = Partial(entries)
        return self.model(cls, entries, place, what=what)  # type: ignore[return-value]

    def holds_several(self, cls: type[Arguments], first: str, node: Node) -> bool:
        """Whether a bare value cannot be the first argument but may be several ones: `Conv2D: [32, 3]`, `Conv2D: 32, 3`."""
        several = isinstance(node, Sequence) or (isinstance(node, Scalar) and type(node.value) is str and "," in node.value)
        if not several or len(form_of(cls).required) < 2 or first in object_fields(cls):
            return False
        from layerctl.language.bind.mending import takes

        value = self.silent().plain(node)
        return value is not FAILED and not takes(cls, first, value)

    def is_first_object(self, cls: type[Arguments], node: Mapping) -> bool:
        """Whether a one-key mapping stands for the first argument: `Bidirectional: {LSTM: {units: 8}}`."""
        first = cls.first_argument()
        kind = object_fields(cls).get(first or "")
        if kind is None or len(node.entries) != 1:
            return False
        (name,) = node.entries
        if name in cls.model_fields:
            return False
        if kind.name == "activations":
            layer = layer_class(name)
            return name in ACTIVATIONS or (layer is not None and layer.usable_as_activation)
        catalog = CATALOGS.get(kind.name)
        if kind.name == "layers" and self.is_model(name):
            return True
        return catalog is not None and (catalog.find(name) is not None or name in catalog.not_expressible)

    def is_model(self, name: str) -> bool:
        return self.models is not None and self.models.is_model(name)

    def model(self, cls: type[Model], entries: MappingABC[str, Entry], place: Span, *, what: str) -> Model | None:
        """A model from named entries; None where they hold mistakes, each of which is reported at its place."""
        values, whole = self.values(cls, entries, place, what=what)
        good, bad = self.validate(cls, values, entries, place)
        return good if whole and not bad else None

    def partial(self, cls: type[Model], entries: MappingABC[str, Entry], place: Span, *, what: str) -> tuple[Model, bool]:
        """As `model`, but with None or the default in place of values with a mistake; and whether there were none."""
        values, whole = self.values(cls, entries, place, what=what)
        good, bad = self.validate(cls, values, entries, place)
        if whole and good is not None:
            return good, True
        blank = dict.fromkeys(form_of(cls).required)
        return cls.model_construct(**(blank | {key: value for key, value in values.items() if key not in bad})), False

    def values(self, cls: type[Model], entries: MappingABC[str, Entry], place: Span, *, what: str) -> tuple[dict[str, Any], bool]:
        """The entries as values for a model, and whether none is unknown, missing or reported."""
        fields, kinds, nested, required, _ = form_of(cls)
        values: dict[str, Any] = {}
        bad: set[str] = set()
        for key, entry in entries.items():
            if key not in fields:
                bad.add(self.unknown_key(cls, key, entry, entries, what) or key)
                continue
            if key in kinds:
                value = self.object(kinds[key], entry.value)
            elif key in nested:
                node = self.spelled_out(entry.value)
                value = FAILED if is_failed(node) else nested[key](self, node)
            else:
                value = self.plain(entry.value)
                kind = type(value)
                if (kind is int or kind is tuple) and (number := beyond_64_bits(value)) is not None and counts(cls, key):
                    from layerctl.language.bind.refused import report_too_large

                    report_too_large(self, key, entry, number)
                    value = FAILED
            if value is FAILED:
                bad.add(key)
            else:
                values[key] = value
        values = {key: value for key, value in values.items() if key not in bad} if bad else values
        for name in required:
            if name in values or name in bad:
                continue
            bad.add(name)
            if type(entries) is Partial:
                continue
            says = describe_field(cls, name)
            self.sink.add(
                MissingArgument,
                place,
                f"{what} needs `{name}`",
                label=f"`{name}` is missing",
                help=f"add `{name}`: {says}" if says else f"add `{name}`",
            )
        return values, not bad and type(entries) is not Partial

    def validate(
        self, cls: type[Model], values: dict[str, Any], entries: MappingABC[str, Entry], place: Span
    ) -> tuple[Model | None, set[str]]:
        """The validated model, or None and the fields that pydantic refused (missing fields are reported by `values`)."""
        try:
            return form_of(cls).validate(values), set()
        except ValidationError as error:
            from layerctl.language.bind.refused import report_refused

            return None, report_refused(self, cls, error, entries, place)

    def unknown_key(self, cls: type[Model], key: str, entry: Entry, entries: MappingABC[str, Entry], what: str) -> str | None:
        """Reports an unknown key; returns the field whose value it leaves unknown: a required one that it probably misspells."""
        from layerctl.language.bind.key_advice import for_key, in_braces

        if (field := in_braces(self, cls, key, entries)) is not None:
            return field
        advice, field = for_key(self, cls, key, entry, entries)
        noun = "argument" if issubclass(cls, Arguments) else "key"
        self.sink.add(UnknownKey, entry.key.span, f"{what} has no {noun} `{key}`", help=advice)
        return field if field is not None and cls.model_fields[field].is_required() else None

    def silent(self) -> Binder:
        """A binder that reports to a sink of its own, to try what a value would mean elsewhere; models are unknown to it."""
        sink = Sink()
        sink.meter, sink.effort = self.sink.meter, self.sink.effort
        return type(self)(sink, self.names)

    def object(self, kind: Kind, node: Node) -> Any:
        """An initializer, activation, wrapped layer, …, written as a name or as `{name: arguments}`."""
        node = self.spelled_out(node)
        if kind.many and isinstance(node, Sequence):
            items = tuple(self.object(Kind(kind.name), item) for item in node.items)
            return FAILED if any(item is FAILED for item in items) else items
        if isinstance(node, Scalar):
            value = self.plain(node)
            if not isinstance(value, str):
                return value
            return self.named(kind, value, None, node.span)
        if isinstance(node, Mapping) and kind.name == "layers":
            from layerctl.language.bind.wrapped import wrapped_layer

            return wrapped_layer(self, kind, node)
        if isinstance(node, Mapping) and len(node.entries) == 1 and not self.is_other_form(kind.name, node):
            ((name, entry),) = node.entries.items()
            return self.named(kind, name, entry.value, entry.key.span)
        if isinstance(node, Mapping) and not node.whole:
            return FAILED
        if (value := self.plain(node)) is not FAILED:
            from layerctl.language.bind.object_advice import for_object

            message = f"expected {NOUNS[kind.name]}, got {shown(value)}"
            self.sink.add(WrongType, node.span, message, help=for_object(self, kind.name, node))
        return FAILED

    @staticmethod
    def is_other_form(kind: str, node: Mapping) -> bool:
        """Whether a mapping with one entry names its class under a key, as `{name: AUC}` does."""
        known: Any = ACTIVATIONS if kind == "activations" else CATALOGS[kind]
        ((name, entry),) = node.entries.items()
        return name == "name" and isinstance(entry.value, Scalar) and entry.value.value in known

    def named(self, kind: Kind, name: str, arguments: Node | None, place: Span) -> Any:
        if kind.name == "activations":
            return self.activation(name, arguments, place)
        if kind.name == "layers" and self.models is not None and self.models.is_model(name):
            return self.models.wrapped_model(self, name, arguments, place)
        catalog = CATALOGS[kind.name]
        cls = catalog.find(name)
        if cls is None and kind.name == "layers" and is_custom(name):
            return self.custom(name, arguments, place, {})
        if cls is None:
            code = UnknownLayer if kind.name == "layers" else UnknownObject
            if (refused := catalog.not_expressible.get(name)) is not None:
                self.sink.add(code, place, f"`{name}` cannot be written in a spec: {refused[0]}", help=refused[1])
                return FAILED
            from layerctl.language.bind.object_advice import for_name

            models = self.models.model_names() if kind.name == "layers" and self.models is not None else ()
            help = for_name(self, kind.name, name, catalog, alone=arguments is None)
            help = help or self.sink.suggestion(name, (*catalog.spelled_like(name), *models))
            self.sink.add(code, place, f"there is no {catalog.noun} `{name}`", help=help)
            self.in_place_of(catalog, help, arguments, place)
            return FAILED
        bound = self.arguments(cls, arguments, place, what=name)
        return FAILED if bound is None else bound

    def in_place_of(self, catalog: Catalog, help: Advice, arguments: Node | None, place: Span) -> None:
        """Reports mistakes in the arguments of a class by another name."""
        cls = catalog.find(help.instead) if help.safe and help.instead is not None else None
        if cls is not None and arguments is not None:
            self.arguments(cls, arguments, place, what=cls.spec_name())

    def custom(self, name: str, arguments: Node | None, place: Span, beside: MappingABC[str, Entry]) -> Any:
        """A custom layer, with the shapes declared beside it."""
        from layerctl.language.bind.custom import custom

        return custom(self, place, name, arguments, beside)

    def activation(self, name: str, arguments: Node | None, place: Span) -> Any:
        """An activation: the name of a function, or an activation layer without weights."""
        if arguments is None and name in ACTIVATIONS:
            return name
        layer = layer_class(name)
        if layer is not None and layer.usable_as_activation:
            bound = self.arguments(layer, arguments, place, what=name)
            return FAILED if bound is None else bound
        if name in UNUSABLE:
            message, help = f"`{name}` cannot be an activation: {UNUSABLE[name]}", self.sink.suggestion(name, ACTIVATIONS)
        elif name in ACTIVATIONS:
            message, help = f"the activation `{name}` takes no arguments", Advice(f"write `{name}` alone")
        else:
            from layerctl.language.bind.object_advice import for_name

            message = f"there is no activation `{name}`"
            help = for_name(self, "activations", name, ACTIVATIONS, alone=arguments is None) or self.sink.suggestion(
                name, ACTIVATIONS
            )
        self.sink.add(UnknownObject, place, message, help=help)
        return FAILED


def beyond_64_bits(value: Any) -> int | None:
    """The first integer in a value that 64 bits cannot hold."""
    if type(value) is int:
        return None if -MOST - 1 <= value <= MOST else value
    if type(value) is tuple:
        return next((number for part in value if (number := beyond_64_bits(part)) is not None), None)
    return None
