"""Nodes to models: the one place where what the user wrote becomes typed arguments, or diagnostics with a place.

`$name` is replaced on the way; objects (`{HeNormal: {seed: 1}}`) are bound inside out, so that each mistake has its own place.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping as MappingABC
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from pydantic_core import ValidationError

from layerctl.activations import ACTIVATIONS, UNUSABLE
from layerctl.catalog import CATALOGS, ArgumentError, Arguments, Kind, Says
from layerctl.diagnostics import Code, Sink, did_you_mean, suggestion
from layerctl.model import Bound, Model
from layerctl.source import Span
from layerctl.syntax import Entry, Mapping, Node, Scalar, Sequence


class UnknownKey(Code):
    """A key or an argument that does not exist.

    Why:
        A misspelled key that is silently ignored trains another model than the one that was meant.

    Example:
        ```yaml
        layers:
          - Conv2D: {filters: 8, kernal_size: 3}
        ```

    Fix:
        Take the suggested name; `layerctl layers NAME` lists the arguments of a layer.
    """

    id = "LC201"


class UnknownLayer(Code):
    """There is no layer, block or model of this name.

    Why:
        An operation is a class of `keras.layers`, or a name from `blocks` or `models`.

    Example:
        ```yaml
        layers:
          - Convolve2D: {filters: 8, kernel_size: 3}
        ```

    Fix:
        Take the suggested name; `layerctl layers` lists all.
    """

    id = "LC202"


class MissingArgument(Code):
    """A required argument is not given.

    Why:
        Keras has no default for it: nobody but you knows how many units a layer should have.

    Example:
        ```yaml
        layers:
          - Conv2D: {filters: 8}
        ```

    Fix:
        Add the argument that the message names.
    """

    id = "LC203"


class WrongType(Code):
    """A value of another type than the argument takes.

    Why:
        Types are strict: `units: "8"`, `units: 8.0` and `units: true` are slips, even where Keras lets them pass.

    Example:
        ```yaml
        layers:
          - Dense: {units: "8"}
        ```

    Fix:
        Write a value of the type that the message names.
    """

    id = "LC204"


class WrongValue(Code):
    """A value of the right type that the argument does not allow.

    Why:
        Negative units, a rate above 1 or a padding that does not exist have no meaning.

    Example:
        ```yaml
        layers:
          - Dropout: 1.5
        ```

    Fix:
        Use a value in the range, or one of the choices, that the message names.
    """

    id = "LC205"


class UnknownObject(Code):
    """There is no activation, initializer, regularizer or constraint of this name.

    Why:
        Names are Keras's own, in snake case (`he_normal`) or as the class is called (`HeNormal`).

    Example:
        ```yaml
        layers:
          - Dense: {units: 8, activation: rellu}
        ```

    Fix:
        Take the suggested name.
    """

    id = "LC206"


class UndefinedVariable(Code):
    """`$name` stands for a variable that is not defined.

    Why:
        A variable is defined in `vars`, before it is used.

    Example:
        ```yaml
        vars: {width: 32}
        layers:
          - Dense: $widht
        ```

    Fix:
        Define it in `vars`, or take the suggested name; `$$` is a plain dollar sign.
    """

    id = "LC207"


class ArgumentsDisagree(Code):
    """Two arguments of one layer do not go together.

    Why:
        Keras refuses some pairs: a convolution with strides and a dilation above 1, for example.

    Example:
        ```yaml
        layers:
          - Conv2D: {filters: 8, kernel_size: 3, strides: 2, dilation_rate: 2}
        ```

    Fix:
        Leave one of the two at its default.
    """

    id = "LC209"


FAILED: Any = object()
"""Stands for a value whose mistake is already in the sink."""

Evaluate = Callable[[Scalar], Any]
"""What replaces `$name` in a text scalar: returns the value, or FAILED after a diagnostic."""


class Binder:
    """Binds nodes to models with the variables of one scope.

    Attributes:
        sink: where mistakes go.
        evaluate: called for each text that holds a `$`.
    """

    def __init__(self, sink: Sink, evaluate: Evaluate) -> None:
        self.sink = sink
        self.evaluate = evaluate

    def plain(self, node: Node) -> Any:
        """The node as a plain Python value, lists as tuples, `$` replaced; FAILED if any part of it failed."""
        if isinstance(node, Scalar):
            value = node.value
            return self.evaluate(node) if type(value) is str and "$" in value else value
        if isinstance(node, Sequence):
            items = tuple(self.plain(item) for item in node.items)
            return FAILED if any(item is FAILED for item in items) else items
        assert isinstance(node, Mapping)
        values = {key: self.plain(entry.value) for key, entry in node.entries.items()}
        return FAILED if any(value is FAILED for value in values.values()) else values

    def arguments(self, cls: type[Arguments], node: Node | None, place: Span, *, what: str) -> Arguments | None:
        """A layer's or object's arguments: a mapping, a bare first argument, or nothing.

        Args:
            cls: the class that takes them.
            node: what stands behind the name; None and null are no arguments.
            place: where the name stands: the place of a missing argument.
            what: the name as the user wrote it.
        """
        if node is None or (isinstance(node, Scalar) and node.value is None):
            entries: dict[str, Entry] = {}
        elif isinstance(node, Mapping) and not self.is_first_object(cls, node):
            entries = node.entries
        else:
            first = cls.first_argument()
            if first is None:
                self.sink.add(WrongType, node.span, f"{what} takes no bare value", help=f"write the arguments of {what} by name")
                return None
            entries = {first: Entry(Scalar(node.source, node.start, node.end, first), node)}
        return self.model(cls, entries, place, what=what)  # type: ignore[return-value]

    @staticmethod
    def is_first_object(cls: type[Arguments], node: Mapping) -> bool:
        """Whether a one-key mapping stands for the first argument: `Bidirectional: {LSTM: {units: 8}}`."""
        first = cls.first_argument()
        kind = object_fields(cls).get(first or "")
        if kind is None or len(node.entries) != 1:
            return False
        (name,) = node.entries
        return name not in cls.model_fields and CATALOGS[kind.name].find(name) is not None if kind.name in CATALOGS else False

    def model(self, cls: type[Model], entries: MappingABC[str, Entry], place: Span, *, what: str) -> Model | None:
        """A model from named entries; every mistake in them is reported, each at its place, and then the result is None."""
        values, whole = self.values(cls, entries, place, what=what)
        good, bad = self.validate(cls, values, entries, what, place)
        return good if whole and not bad else None

    def partial(self, cls: type[Model], entries: MappingABC[str, Entry], place: Span, *, what: str) -> tuple[Model, bool]:
        """As `model`, but with what is good even if the rest is not (None or the default instead), and whether all is."""
        values, whole = self.values(cls, entries, place, what=what)
        good, bad = self.validate(cls, values, entries, what, place)
        if whole and good is not None:
            return good, True
        blank = dict.fromkeys(name for name, info in cls.model_fields.items() if info.is_required())
        return cls.model_construct(**(blank | {key: value for key, value in values.items() if key not in bad})), False

    def values(
        self, cls: type[Model], entries: MappingABC[str, Entry], place: Span, *, what: str
    ) -> tuple[dict[str, Any], bool]:
        """The entries as values for a model, and whether none is unknown, missing or already reported."""
        fields = cls.model_fields
        kinds = object_fields(cls)
        nested = section_fields(cls)
        values: dict[str, Any] = {}
        bad: set[str] = set()
        for key, entry in entries.items():
            if key not in fields:
                bad.add(self.unknown_key(cls, key, entry, entries, what) or key)
                continue
            if key in kinds:
                value = self.object(kinds[key], entry.value)
            elif key in nested:
                value = nested[key](self, entry.value)
            else:
                value = self.plain(entry.value)
            if value is FAILED:
                bad.add(key)
            else:
                values[key] = value
        for name, info in fields.items():
            if name in values or name in bad or not info.is_required():
                continue
            bad.add(name)
            says = describe_field(cls, name)
            self.sink.add(
                MissingArgument,
                place,
                f"{what} needs `{name}`",
                label=f"`{name}` is missing",
                help=f"add `{name}`: {says}" if says else f"add `{name}`",
            )
        return values, not bad

    def validate(
        self, cls: type[Model], values: dict[str, Any], entries: MappingABC[str, Entry], what: str, place: Span
    ) -> tuple[Model | None, set[str]]:
        """The validated model, or None and the fields that pydantic refused (missing ones are known already)."""
        try:
            return cls.model_validate(values), set()
        except ValidationError as error:
            return None, self.report(cls, error, entries, what, place)

    def unknown_key(
        self, cls: type[Model], key: str, entry: Entry, entries: MappingABC[str, Entry], what: str
    ) -> str | None:
        """Reports an unknown key; returns the required field that it probably misspells."""
        known = known_keys(cls)
        near = did_you_mean(key, [name for name in known if name not in entries])
        if key == "name" and issubclass(cls, Arguments):
            help = "`name` stands beside the operation: `- Dense: 10` and, below it, `name: head`"
        else:
            help = f"did you mean `{near}`?" if near else suggestion(key, known)
        noun = "argument" if issubclass(cls, Arguments) else "key"
        self.sink.add(UnknownKey, entry.key.span, f"{what} has no {noun} `{key}`", help=help)
        return near if near is not None and cls.model_fields[near].is_required() else None

    def object(self, kind: Kind, node: Node) -> Any:
        """An initializer, activation, wrapped layer, …: a name, or one name and its arguments."""
        if kind.many and isinstance(node, Sequence):
            items = tuple(self.object(Kind(kind.name), item) for item in node.items)
            return FAILED if any(item is FAILED for item in items) else items
        if isinstance(node, Scalar):
            value = self.plain(node)
            if not isinstance(value, str):
                return value
            return self.named(kind, value, None, node.span)
        if isinstance(node, Mapping) and kind.name == "layers":
            return self.wrapped(kind, node)
        if isinstance(node, Mapping) and len(node.entries) == 1:
            ((name, entry),) = node.entries.items()
            return self.named(kind, name, entry.value, entry.key.span)
        noun = NOUNS[kind.name]
        self.sink.add(
            WrongType, node.span, f"expected {noun}, got {shown(self.plain(node))}", help=f"write its name, or `{{Name: {{…}}}}`"
        )
        return FAILED

    def named(self, kind: Kind, name: str, arguments: Node | None, place: Span) -> Any:
        if kind.name == "activations":
            return self.activation(name, arguments, place)
        catalog = CATALOGS[kind.name]
        cls = catalog.find(name)
        if cls is None:
            code = UnknownLayer if kind.name == "layers" else UnknownObject
            self.sink.add(code, place, f"there is no {catalog.noun} `{name}`", help=suggestion(name, catalog.names()))
            return FAILED
        bound = self.arguments(cls, arguments, place, what=name)
        return FAILED if bound is None else bound

    def wrapped(self, kind: Kind, node: Mapping) -> Any:
        """A layer as an argument: one operation, and perhaps a `name` beside it."""
        entries = {key: entry for key, entry in node.entries.items() if key != "name"}
        if len(entries) != 1:
            self.sink.add(WrongType, node.span, "expected one layer and its arguments", help="write `{LSTM: {units: 64}}`")
            return FAILED
        ((name, entry),) = entries.items()
        bound = self.named(kind, name, entry.value, entry.key.span)
        given = node.get("name")
        if bound is FAILED or given is None:
            return bound
        text = self.plain(given)
        if not isinstance(text, str):
            if text is not FAILED:
                self.sink.add(WrongType, given.span, f"`name` takes text, got {shown(text)}")
            return FAILED
        return bound.with_name(text)

    def activation(self, name: str, arguments: Node | None, place: Span) -> Any:
        """An activation is a function by name, or a layer of the activations that has no weights."""
        if arguments is None and name in ACTIVATIONS:
            return name
        layer = CATALOGS["layers"].find(name)
        if layer is not None and getattr(layer, "usable_as_activation", False):
            bound = self.arguments(layer, arguments, place, what=name)
            return FAILED if bound is None else bound
        if name in UNUSABLE:
            message = f"`{name}` cannot be an activation: {UNUSABLE[name]}"
        elif name in ACTIVATIONS:
            message = f"the activation `{name}` takes no arguments"
        else:
            message = f"there is no activation `{name}`"
        self.sink.add(UnknownObject, place, message, help=suggestion(name, ACTIVATIONS))
        return FAILED

    def report(
        self, cls: type[Model], error: ValidationError, entries: MappingABC[str, Entry], what: str, place: Span
    ) -> set[str]:
        """Pydantic's errors as diagnostics, one for each argument (a union fails once for each of its members)."""
        refused: set[str] = set()
        for detail in error.errors(include_url=False):
            cause = detail.get("ctx", {}).get("error")
            if isinstance(cause, ArgumentError):
                at = entries[cause.field].value.span if cause.field in entries else place
                self.sink.add(ArgumentsDisagree, at, cause.message, help=cause.help)
                refused.add(cause.field)
                continue
            if detail["type"] == "missing":
                continue
            loc = detail["loc"]
            field = str(loc[0]) if loc else ""
            if field not in refused and field in entries:
                refused.add(field)
                self.wrong(cls, field, entries[field].value, loc[1:], detail)
        return refused

    def wrong(self, cls: type[Model], field: str, node: Node, loc: tuple[int | str, ...], detail: Any) -> None:
        value = self.plain(node)
        expected = describe_field(cls, field)
        choices = literal_choices(cls.model_fields[field].annotation)
        is_value = detail["type"] in VALUE_ERRORS or (isinstance(value, str) and bool(choices))
        help = None
        if isinstance(value, str) and choices:
            near = did_you_mean(value, [str(choice) for choice in choices])
            help = f"did you mean `{near}`?" if near else None
        elif isinstance(value, str) and "$" not in value and is_number(value):
            help = f"remove the quotes: `{field}: {value}`"
        elif isinstance(value, float) and value.is_integer() and "integer" in expected:
            help = f"write `{field}: {int(value)}`"
        self.sink.add(
            WrongValue if is_value else WrongType,
            deepest(node, loc).span,
            f"`{field}` takes {expected}, got {shown(value)}",
            help=help,
        )


NOUNS = {name: f"a{'n' if catalog.noun[0] in 'aeiou' else ''} {catalog.noun}" for name, catalog in CATALOGS.items()}
NOUNS["activations"] = "an activation"
VALUE_ERRORS = frozenset(
    "greater_than greater_than_equal less_than less_than_equal literal_error value_error finite_number multiple_of "
    "too_short too_long string_too_short string_pattern_mismatch".split()
)


def is_number(text: str) -> bool:
    try:
        float(text.replace("_", ""))
    except ValueError:
        return False
    return True


def shown(value: object) -> str:
    """A value as a message shows it, with its type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"`{value}`" if len(repr(value)) <= 40 else f"a number of {len(repr(value))} digits"
    if isinstance(value, str):
        return f'the text "{value[:60]}"' + ("…" if len(value) > 60 else "")
    if isinstance(value, tuple):
        inner = ", ".join(str(item) for item in value[:8]) + (", …" if len(value) > 8 else "")
        return f"the list [{inner}]" if len(inner) < 80 else "a list"
    return "a mapping" if isinstance(value, dict) else str(value)


def deepest(node: Node, loc: tuple[int | str, ...]) -> Node:
    """The node that a pydantic location leads to, as far as the tree goes along (unions add steps that are none)."""
    for step in loc:
        if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        elif isinstance(node, Mapping) and isinstance(step, str) and (inner := node.get(step)) is not None:
            node = inner
    return node


@cache
def object_fields(cls: type[Model]) -> dict[str, Kind]:
    """The fields of a model whose values are objects of a catalogue."""
    found = {}
    for name, info in cls.model_fields.items():
        for mark in info.metadata:
            if isinstance(mark, Kind):
                found[name] = mark
    return found


SectionBinder = Callable[[Binder, Node], Any]


class Section:
    """Marks a field that binds itself: a nested section, or a node that is kept as it is."""

    __slots__ = ("bind",)

    def __init__(self, bind: SectionBinder) -> None:
        self.bind = bind


@cache
def section_fields(cls: type[Model]) -> dict[str, SectionBinder]:
    return {
        name: mark.bind for name, info in cls.model_fields.items() for mark in info.metadata if isinstance(mark, Section)
    }


@cache
def known_keys(cls: type[Model]) -> tuple[str, ...]:
    own = cls.own_fields() if issubclass(cls, Arguments) else ()
    return (*own, *(name for name in cls.model_fields if name not in own))


def literal_choices(annotation: Any) -> tuple[Any, ...]:
    """The choices of a Literal, also within a union."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(choice for arm in get_args(annotation) for choice in literal_choices(arm))
    return ()


@cache
def describe_field(cls: type[Model], name: str) -> str:
    info = cls.model_fields[name]
    return describe_type(info.annotation, tuple(info.metadata))


def describe_type(annotation: Any, metadata: tuple[Any, ...] = ()) -> str:
    """A type in the words of a message: `a positive integer`, ``one of `valid`, `same` ``."""
    for mark in metadata:
        if isinstance(mark, Says):
            return mark.words
        if isinstance(mark, Kind):
            return NOUNS[mark.name]
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        inner, *marks = get_args(annotation)
        return describe_type(inner, tuple(marks))
    if annotation is bool:
        return "`true` or `false`"
    if annotation in (int, float):
        return _number(annotation, metadata)
    if annotation is str:
        return "text"
    if annotation is type(None) or annotation is None:
        return "null"
    if origin is Literal:
        choices = [f"`{choice}`" for choice in get_args(annotation)]
        return choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(describe_type(arm) for arm in get_args(annotation)))
    if origin in (tuple, list):
        arms = [arm for arm in get_args(annotation) if arm is not Ellipsis]
        return f"a list of {len(arms)} values" if len(arms) > 1 and len(set(arms)) > 1 else f"a list, each {describe_type(arms[0])}"
    if origin is dict:
        return "a mapping"
    return "another value"


def _number(annotation: type, metadata: tuple[Any, ...]) -> str:
    noun = "integer" if annotation is int else "number"
    bound = next((mark for mark in metadata if isinstance(mark, Bound)), Bound())
    low, high, above, below = bound.ge, bound.le, bound.gt, bound.lt
    article = "an" if noun == "integer" else "a"
    if above == 0 and high is None and below is None:
        return f"a positive {noun}"
    if low is not None and high is not None:
        return f"{article} {noun} from {low} to {high}"
    if low is not None and below is not None:
        return f"{article} {noun} from {low} to below {below}"
    if above is not None and (high is not None or below is not None):
        return f"{article} {noun} above {above} and {'up to' if high is not None else 'below'} {high if high is not None else below}"
    if low is not None:
        return f"{article} {noun} of at least {low}"
    return f"{article} {noun}"
