"""What to write in place of a name or key that does not exist; read only after a mistake."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from collections.abc import Mapping as MappingABC
from typing import TYPE_CHECKING, NamedTuple

from layerctl.base.model import Model
from layerctl.catalog import CATALOGS, Arguments
from layerctl.catalog.layers._base import Layer
from layerctl.catalog.renamings import Renaming, renamed
from layerctl.diagnostics import Advice, Diagnostic, Edit, meant
from layerctl.language.bind import edits, forms
from layerctl.language.bind._codes import WrongType
from layerctl.language.bind.fields import known_keys
from layerctl.language.syntax import Entry, Mapping, Node, Partial, Scalar

if TYPE_CHECKING:
    from layerctl.language.bind.interface import Binding

HOLE = re.compile(r"\{(\w+)\}")
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
        kinds = ["arguments"]
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
    if (row := renamed(kinds, key, known)) is not None:
        return renamed_key(binder, cls, row, key, entry, entries)
    if (section := cls.elsewhere(key)) is not None:
        return ForKey(Advice(section))
    near = binder.sink.did_you_mean(key, [name for name in known if name not in entries])
    return ForKey(meant(near) or binder.sink.suggestion(key, known), near)


def in_braces(binder: Binding, cls: type[Model], key: str, entries: MappingABC[str, Entry]) -> str | None:
    """Reports arguments without names, `Dense: {10, relu}`, which YAML reads as keys; the argument that one of them is."""
    if any(edits.text_of(entry.value) for entry in entries.values()) or not issubclass(cls, Arguments):
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
        return ForKey(Advice(row.words))
    if row.form:
        return in_form(row, key, entry, entries)
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


def in_form(row: Renaming, key: str, entry: Entry, entries: MappingABC[str, Entry]) -> ForKey:
    """Advice to write the entry in another form, into which the values of it and of its neighbours go."""
    field = row.form.partition(":")[0]
    used = [name for name in HOLE.findall(row.form) if name != "value"]
    values = {"value": entry.value} | {name: entries[name].value for name in used if name in entries}
    complete = len(values) == len(used) + 1
    written = HOLE.sub(lambda hole: edits.as_flow(values[hole[1]]) if hole[1] in values else "…", row.form)
    if field in entries:
        return ForKey(Advice(f"put it into `{field}`, which stands beside it, as in `{written}`{row.because(key)}"), field)
    change = (
        Edit(edits.span_of(entry), written),
        *(edit for name in used if name in entries for edit in edits.removed(entries[name])),
    )
    return ForKey(Advice(f"write `{written}`{row.because(key)}", edits=change if complete else ()), field)


def trial(binder: Binding, cls: type[Model], field: str, node: Node) -> tuple[Diagnostic, ...]:
    """The mistakes that a value would have in another field; nothing is reported."""
    silent = binder.silent()
    entries = Partial({field: Entry(Scalar(node.source, node.start, node.end, field), node)})
    values, _ = silent.values(cls, entries, node.span, what=field)
    silent.validate(cls, values, entries, node.span)
    return silent.sink.sorted()


def for_name(
    kind: str, name: str, known: Container[str], *, alone: bool = True, dash: str = "", entry: Entry | None = None
) -> Advice | None:
    """Advice on the name of a layer, loss, initializer and so on; None where only its spelling can tell.

    Args:
        kind: the catalogue.
        name: as written.
        known: the names that a spec may use there.
        alone: whether no arguments follow the name.
        dash: put before the form in which an item is written.
        entry: the name and its arguments, where a form may hold them.
    """
    if "(" in name:
        return for_call(kind, name, dash) if alone else None
    last = name.rpartition(".")[2]
    if last != name and last in known:
        return Advice(f"write `{last}`: a spec names it without its module", last, safe=True)
    row = renamed((kind,), name, known)
    if row is None:
        return None
    if row.words:
        return Advice(row.words)
    if row.form:
        value = edits.as_flow(entry.value) if entry is not None and not alone else "…"
        form = row.form.replace("{value}", value)
        words = f"write `{dash}{form}`{row.because(name)}"
        if entry is not None and "…" not in form and "\n" not in edits.text_of(entry.value):
            return Advice(words, edits=(Edit(edits.span_of(entry), form),))
        return Advice(words, form if alone and "…" not in form else None)
    new = row.name(known)
    assert new is not None
    return Advice(f"write `{new}`{row.because(name)}", new, safe=True)


def for_call(kind: str, text: str, dash: str = "") -> Advice:
    """Advice on a call in Python's form, such as `l2(0.01)`."""
    call = forms.called(text)
    catalog = "layers" if kind == "activations" else kind
    written = None
    if call is not None:
        written = forms.as_item(catalog, call) if dash else forms.as_object(catalog, call)
    if written is not None:
        return Advice(f"write `{dash}{written}`: arguments stand behind a colon, by their names", written)
    name = call.name if call is not None else text.partition("(")[0].strip() or "Name"
    return Advice(f"write `{dash}{name}: {{…}}`, with the arguments by their names in place of the brackets")


def for_object(kind: str, node: Node) -> Advice:
    """Advice on a value that is no object: a number of a penalty, or a mapping that names its class under a key."""
    catalog = CATALOGS.get("layers" if kind == "activations" else kind)
    named = forms.naming(node, catalog.__contains__) if isinstance(node, Mapping) and catalog is not None else None
    if named is not None:
        written = f"{{{forms.named_item(named.name, named.arguments)}}}"
        return Advice(f"write `{written}`: the name is the key of its arguments", None if forms.comments(node) else written)
    if isinstance(node, Mapping) and catalog is not None and (names := [key for key in node.entries if key in catalog]):
        rest = {key: entry for key, entry in node.entries.items() if key != names[0]}
        if len(names) == 1 and edits.text_of(node.entries[names[0]].value) in ("", "null", "{}"):
            written = f"{{{forms.named_item(names[0], rest)}}}"
            return Advice(f"write `{written}`: arguments stand below the name", None if forms.comments(node) else written)
    return Advice("write its name, or `{Name: {…}}`")
