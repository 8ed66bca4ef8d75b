"""Pydantic's errors as diagnostics: what a field takes, what it got, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import TYPE_CHECKING, Any

from pydantic_core import ValidationError

from layerctl.base.model import Model
from layerctl.base.source import Span
from layerctl.catalog import ArgumentError
from layerctl.diagnostics import Advice
from layerctl.language.bind._codes import ArgumentsDisagree, WrongType, WrongValue
from layerctl.language.bind.mending import Wrong, mend
from layerctl.language.bind.words import VALUE_ERRORS, describe_field, literal_choices, shown
from layerctl.language.syntax import Entry, Mapping, Node, Sequence

if TYPE_CHECKING:
    from layerctl.language.bind.interface import Binding


def report_refused(
    binder: Binding, cls: type[Model], error: ValidationError, entries: MappingABC[str, Entry], place: Span
) -> set[str]:
    """Reports pydantic's errors, one for each field (a union fails once for each of its members); returns the refused fields."""
    refused: set[str] = set()
    for detail in error.errors(include_url=False):
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, ArgumentError):
            at = entries[cause.field].value.span if cause.field in entries else place
            varies = any("$" in entry.value.span.text for entry in entries.values())
            uses = binder.sink.uses if varies else ()
            binder.sink.add(ArgumentsDisagree, at, cause.message, help=cause.help, uses=uses, once=bool(uses))
            refused.add(cause.field)
            continue
        loc = detail["loc"]
        if detail["type"] == "missing" and len(loc) == 1:
            continue
        field = str(loc[0]) if loc else ""
        if field not in refused and field in entries:
            refused.add(field)
            wrong(binder, cls, field, entries[field], loc[1:], detail)
    return refused


def report_too_large(binder: Binding, field: str, entry: Entry, number: int) -> None:
    """Reports an integer that 64 bits cannot hold."""
    written = entry.value.span.text
    help = "write a smaller number" if "$" not in written else f"correct what `{written}` stands for"
    message = f"`{field}` is {shown(number)}; integers in Keras have 64 bits, and end at 2^63 - 1"
    binder.sink.add(WrongValue, entry.value.span, message, help=help)


def wrong(binder: Binding, cls: type[Model], field: str, entry: Entry, loc: tuple[int | str, ...], detail: Any) -> None:
    """Reports a wrong value at the innermost part that pydantic's error points to."""
    node = entry.value
    inner = deepest(node, loc)
    value = binder.plain(inner)
    expected = describe_field(cls, field)
    choices = literal_choices(cls.model_fields[field].annotation)
    is_value = detail["type"] in VALUE_ERRORS or (isinstance(value, str) and bool(choices))
    quoted = isinstance(value, str) and inner.span.text[:1] in ("'", '"') and "$" not in inner.span.text
    help = mend(Wrong(binder, cls, field, entry, inner, value, binder.plain(node)))
    if "$" in inner.span.text and help is not None:
        help = Advice(f"correct what `{inner.span.text}` stands for: {help.text}")
    elif quoted and help is not None and help.text == f"write `{field}: {value}`":
        help = help._replace(text=f"remove the quotes: `{field}: {value}`", safe=True)
    binder.sink.add(
        WrongValue if is_value else WrongType,
        inner.span,
        f"`{field}` takes {expected}; got {shown(value)}" + (" in it" if inner is not node else ""),
        help=help,
    )


def deepest(node: Node, loc: tuple[int | str, ...]) -> Node:
    """The node at a pydantic location; steps that are not in the tree, such as a union's members, are skipped."""
    for step in loc:
        if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        elif isinstance(node, Mapping) and isinstance(step, str) and (inner := node.get(step)) is not None:
            node = inner
    return node
