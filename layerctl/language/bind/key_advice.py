"""What to write in place of a key that does not exist; imported only after a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as MappingABC
from typing import TYPE_CHECKING, NamedTuple

from layerctl.base.model import Model
from layerctl.base.source import Span
from layerctl.catalog import CATALOGS, Arguments
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.renamings import Renaming, renamed
from layerctl.diagnostics import Advice, Diagnostic, Edit, meant
from layerctl.language.bind import edits
from layerctl.language.bind._codes import WrongType
from layerctl.language.bind.fields import known_keys, object_fields
from layerctl.language.syntax import Entry, Mapping, Node, Partial, Scalar

if TYPE_CHECKING:
    from layerctl.language.bind.interface import Binding

HOLE = re.compile(r"\{(\w+)(?:\|(\w+))?\}")
BESIDE = ("inputs", "call_args", "if", "repeat")
"""Keys that stand beside an operation and not among its arguments."""


class ForKey(NamedTuple):
    """Advice on an unknown key, and the known key that is meant; None where no one can tell."""

    advice: Advice
    field: str | None = None


def for_key(binder: Binding, cls: type[Model], key: str, entry: Entry, entries: MappingABC[str, Entry]) -> ForKey:
    """Advice on a key that a section or an object does not have."""
    known = known_keys(cls)
    kinds = [cls.__name__.lower()]
    if issubclass(cls, Layer):
        kinds = ["arguments", "behind"]
    elif issubclass(cls, Arguments):
        kinds = ["settings", "arguments"]
    if key == "name" and issubclass(cls, Arguments):
        words = "`name` stands beside the operation: `- Dense: 10` and, below it, `name: head`"
        return ForKey(Advice(words, edits=edits.moved_beside(entry, entries) if issubclass(cls, Layer) else ()))
    if issubclass(cls, Layer) and key in BESIDE:
        words = f"`{key}` stands beside the operation, below it and not among its arguments"
        return ForKey(Advice(words, edits=edits.moved_beside(entry, entries)))
    if (spaced := missing_space(key, entry, known)) is not None:
        return spaced
    inner = next((name for name, kind in object_fields(cls).items() if kind.name == "layers" and name not in entries), None)
    if inner is not None and key in CATALOGS["layers"]:
        written = f"{inner}: {{{key}: {edits.as_flow(entry.value)}}}"
        return ForKey(Advice(f"write `{written}`", edits=(Edit(edits.span_of(entry), written),), safe=True), inner)
    if (row := renamed(kinds, key, known)) is not None:
        return renamed_key(binder, cls, row, key, entry, entries)
    if (section := cls.elsewhere(key)) is not None:
        return ForKey(within_section(section, entry, entries))
    near = binder.sink.did_you_mean(key, [name for name in known if name not in entries])
    return ForKey(meant(near) or binder.sink.suggestion(key, known), near)


def in_braces(binder: Binding, cls: type[Model], key: str, entries: MappingABC[str, Entry]) -> str | None:
    """Reports arguments without names, `Dense: {10, relu}`, which YAML reads as keys; the argument that one of them is."""
    if any(":" in key or edits.text_of(entry.value) for key, entry in entries.items()) or not issubclass(cls, Arguments):
        return None
    named = {name: re.match(r"(\w+) ?= ?(.+)", name) for name in entries}
    fields = dict(zip(entries, cls.own_fields(), strict=False))
    fields |= {name: match[1] for name, match in named.items() if match is not None}
    if any(name in cls.model_fields for name in entries) or not fields.keys() >= entries.keys():
        return None
    if not set(fields.values()) <= cls.model_fields.keys():
        return None
    spans = [entry.key.span for entry in entries.values()]
    place = spans[0]._replace(end=spans[-1].end)
    values = {fields[name]: match[2] if match is not None else name for name, match in named.items()}
    written = ", ".join(f"{field}: {value}" for field, value in values.items())
    help = Advice(f"write `{{{written}}}`", written)
    binder.sink.add(WrongType, place, f"arguments in braces have names; got {{{place.text}}}", help=help)
    return fields[key]


def missing_space(key: str, entry: Entry, known: Iterable[str]) -> ForKey | None:
    """Advice on `{units:10}`, which YAML reads as one key."""
    name, colon, value = key.partition(":")
    if not colon or not value or name not in known or edits.text_of(entry.value):
        return None
    written = f"{name}: {value}"
    return ForKey(
        Advice(f"put a space behind the colon: `{written}`", edits=(Edit(edits.span_of(entry), written),), safe=True), name
    )


def renamed_key(
    binder: Binding, cls: type[Model], row: Renaming, key: str, entry: Entry, entries: MappingABC[str, Entry]
) -> ForKey:
    """Advice by the table of renamings."""
    if row.leave_out:
        return ForKey(Advice(f"leave out `{key}`: {row.why}", edits=edits.removed(entry), safe=True))
    if row.words:
        return ForKey(Advice(row.words), row.name(known_keys(cls)))
    if row.form:
        return in_form(cls, row, key, entry, entries)
    field = row.name(known_keys(cls))
    assert field is not None
    why = row.because(key)
    if field in entries:
        return ForKey(Advice(f"leave out `{key}`, as `{field}` is given too{why}", edits=edits.removed(entry)), field)
    wrong = trial(binder, cls, field, entry.value)
    to_key = Edit(entry.key.span, field)
    if not wrong:
        return ForKey(Advice(f"write `{field}`{why}", edits=(to_key,), safe=True), field)
    if len(wrong) == 1 and wrong[0].fix is not None and len(wrong[0].fix.edits) == 1:
        (edit,) = wrong[0].fix.edits
        value = entry.value.source.text[entry.value.start : edit.span.start] + edit.text
        written = f"{field}: {value}{entry.value.source.text[edit.span.end : entry.value.end].rstrip()}"
        if "\n" not in written:
            return ForKey(Advice(f"write `{written}`{why}", edits=(to_key, edit)), field)
    return ForKey(Advice(f"write `{field}`{why}"), field)


def in_form(cls: type[Model], row: Renaming, key: str, entry: Entry, entries: MappingABC[str, Entry]) -> ForKey:
    """Advice to write the entry in another form, into which the values of it and of its neighbours go."""
    field = row.form.partition(":")[0]
    named = [name for hole in HOLE.findall(row.form) for name in hole if name in entries]
    used = [name for name in named if not isinstance(entries[name].value, Mapping)]
    texts = {name: edits.as_flow(entries[name].value) for name in used}
    texts["value"] = edits.as_flow(entry.value)
    written = HOLE.sub(lambda hole: next((texts[name] for name in hole.groups() if name in texts), _default(cls, hole)), row.form)
    complete = "…" not in written
    if field in entries and field not in used:
        name = edits.text_of(entries[field].value)
        inner = re.fullmatch(r"\w+: \{(\w+): (\{.*\})\}", written)
        if name.isidentifier() and inner is not None:  # a name alone, which takes the value as its argument
            written = f"{{{name}: {inner[2]}}}"
            words = f"put it into `{field}`, which stands beside it: `{field}: {written}`{row.because(key)}"
            change = (Edit(entries[field].value.span, written), *edits.removed(entry))
            return ForKey(Advice(words, edits=change if len(change) > 1 else ()), field)
        return ForKey(Advice(f"put it into `{field}`, which stands beside it, as in `{written}`{row.because(key)}"), field)
    change = (Edit(edits.span_of(entry), written), *(edit for name in used for edit in edits.removed(entries[name])))
    return ForKey(Advice(f"write `{written}`{row.because(key)}", edits=change if complete else ()), field)


def _default(cls: type[Model], hole: re.Match[str]) -> str:
    """The default of a field that a form may take from beside it; … where there is none."""
    field = cls.model_fields.get(hole[1]) if hole[2] is not None else None
    return "…" if field is None or field.is_required() else edits.flow(field.default)


def within_section(section: str, entry: Entry, entries: MappingABC[str, Entry]) -> Advice:
    """Advice to move an entry into a section that stands beside it."""
    key = str(entry.key.value)
    words = f"`{key}` belongs in the section `{section}`: `{section}: {{{key}: {edits.as_flow(entry.value)}}}`"
    node = entries[section].value if section in entries else None
    taken = isinstance(node, Mapping) and key in node.entries
    if not isinstance(node, Mapping) or taken or not node.entries or (gone := edits.removed(entry)) == ():
        return Advice(words)
    first = next(iter(node.entries.values())).key
    written = f"{key}: {edits.as_flow(entry.value)}"
    flow = edits.text_of(node).startswith("{")
    after = ", " if flow else "\n" + " " * (first.span.begin.column - 1)
    return Advice(words, edits=(*gone, Edit(Span(first.source, first.start, first.start), written + after)))


def trial(binder: Binding, cls: type[Model], field: str, node: Node) -> tuple[Diagnostic, ...]:
    """The mistakes that a value would have in another field; nothing is reported."""
    silent = binder.silent()
    entries = Partial({field: Entry(Scalar(node.source, node.start, node.end, field), node)})
    values, _ = silent.values(cls, entries, node.span, what=field)
    silent.validate(cls, values, entries, node.span)
    return silent.sink.sorted()
