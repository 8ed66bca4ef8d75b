"""What to write in place of a layer or an object that does not exist, or that is written in another form.

Imported only after a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import TYPE_CHECKING

from layerctl.base.source import Source
from layerctl.catalog import CATALOGS, Kind
from layerctl.catalog.activations import ACTIVATIONS
from layerctl.catalog.renamings import Renaming, renamed, renaming
from layerctl.diagnostics import Advice, Edit, Sink
from layerctl.language.bind import edits, forms
from layerctl.language.bind.fields import object_fields
from layerctl.language.syntax import Entry, Mapping, Node, Scalar, Sequence, is_copied, parse

if TYPE_CHECKING:
    from layerctl.language.bind.interface import Binding

AMOUNT = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*[=\s]\s*(?P<amount>[-+]?[0-9.]+(?:e[-+]?[0-9]+)?)")
"""A name with an amount, `l2=0.01` or `L2 0.01`."""
MOST_MISTAKES = 10
BY_NAME = "the arguments stand behind a colon, by their names"
PLAIN = Advice("write its name, or `{Name: {…}}`")


def for_name(
    binder: Binding, kind: str, name: str, known: Container[str], *, alone: bool, dash: str = "", entry: Entry | None = None
) -> Advice | None:
    """Advice on the name of a layer, loss, initializer and so on; None where only its spelling can tell.

    Args:
        binder: has the variables that are visible there.
        kind: the catalogue.
        name: as written.
        known: the names that a spec may use there.
        alone: whether no arguments follow the name.
        dash: put before the form in which an item is written.
        entry: the name and its arguments, where a form may hold them.
    """
    if "(" in name:
        return for_call(binder, kind, name, known, dash, entry, alone=alone)
    if dash and entry is not None and not alone and (advice := in_torch_order(binder, name, entry, dash)) is not None:
        return advice
    if (bare := name.strip("“”‘’`´\"' ;,")) != name and bare in known:
        return Advice(f"write `{bare}`", bare, safe=True)
    last = name.rpartition(".")[2]
    if last != name and last in known:
        return Advice(f"write `{last}`: a spec names it without its module", last, safe=True)
    amount = AMOUNT.fullmatch(name) if alone and not dash else None
    if amount is not None and amount["name"] in known:
        written = f"{{{amount['name']}: {amount['amount']}}}"
        return Advice(f"write `{written}`: {BY_NAME}", written, safe=True)
    row = renamed((kind,), name, known)
    if row is None:
        return None
    new = row.name(known)
    if row.words:
        return Advice(row.words, new)
    if row.form and (alone or new is None):
        return _in_form(row, name, alone=alone, dash=dash, entry=entry)
    return Advice(f"write `{new}`{row.because(name)}", new, safe=True)


def for_item(sink: Sink, name: str, value: Node | None) -> Advice | None:
    """Advice on an item whose name and value only together tell what is meant; None for any other."""
    layers = CATALOGS["layers"]
    if ": " in name and name.partition(": ")[0] in layers:
        return Advice(f"remove the quotes: `- {name}`", name)
    if name.startswith("for "):
        return Advice("a loop is written `- for: {i: 3}`, with `layers` below it")
    if isinstance(value, Mapping) and len(value.entries) == 1 and (inner := next(iter(value.entries))) in layers:
        near = layers.find(sink.did_you_mean(name, layers.names()) or "")
        wraps = near is not None and any(kind.name == "layers" for kind in object_fields(near).values())
        if not wraps and renamed(("layers",), name, layers) is None:
            return Advice(f"write `- {inner}: …` and, below it, `name: {name}`")
    return None


def _in_form(row: Renaming, name: str, *, alone: bool, dash: str, entry: Entry | None) -> Advice:
    value = edits.as_flow(entry.value) if entry is not None and not alone else "…"
    form = row.form.replace("{value}", value)
    words = f"write `{dash}{form}`{row.because(name)}"
    if entry is not None and "…" not in form and "\n" not in edits.text_of(entry.value):
        return Advice(words, edits=(Edit(edits.span_of(entry), form),))
    return Advice(words, form if alone and "…" not in form else None)


def in_torch_order(binder: Binding, name: str, entry: Entry, dash: str) -> Advice | None:
    """Advice on arguments without names in PyTorch's order, `nn.Conv2d: [16, 32, 3]`; None where Keras's order is the same."""
    call = forms.as_call(name, entry.value)
    if call is None or forms.torch_order(call) is None:
        return None
    item = forms.as_item("layers", call)
    written = settled(binder, "layers", item.text) if item is not None and item.whole else None
    if written is None or written.partition(": ")[2] == edits.as_flow(entry.value):
        return None
    change = () if forms.comments(entry.value) else (Edit(edits.span_of(entry), written),)
    return Advice(f"write `{dash}{written}`: `{name}` has its arguments in PyTorch's order", edits=change)


def for_call(
    binder: Binding, kind: str, text: str, known: Container[str], dash: str, entry: Entry | None, *, alone: bool
) -> Advice | None:
    """Advice on a call in Python's form, such as `l2(0.01)`."""
    call = forms.called(text)
    catalog = "layers" if kind == "activations" else kind
    name = call.name if call is not None else text.partition("(")[0].strip() or "Name"
    refused = CATALOGS[catalog].not_expressible.get(name.rpartition(".")[2])
    if refused is not None:
        return Advice(refused[1])
    if not alone:
        return None
    if call is not None and not call.positional and not call.named and call.name not in known:
        return for_name(binder, kind, call.name, known, alone=True, dash=dash, entry=entry)
    item = forms.as_item(catalog, call) if call is not None else None
    if item is not None and dash:
        item = item._replace(text=f"{name}: {{…}}", whole=False)  # what a spec can say of an item has been tried
    if item is not None and item.whole:
        written = item.text if ":" not in item.text else f"{{{item.text}}}"
        whole = settled(binder, kind, written)
        return Advice(f"write `{whole or written}`: {BY_NAME}", whole)
    if item is not None:
        return Advice(f"write `{dash}{item.text}`: {BY_NAME}")
    return Advice(f"write `{dash}{name}: {{…}}`: {BY_NAME}")


def for_object(binder: Binding, kind: str, node: Node) -> Advice:
    """Advice on a value that is no object: an amount, a list, or a mapping that names its class under a key."""
    catalog = CATALOGS["layers" if kind == "activations" else kind]
    if is_copied(node):
        return PLAIN
    written, words = None, ""
    if isinstance(node, Mapping):
        known = (lambda name: name in ACTIVATIONS or name in catalog) if kind == "activations" else catalog.__contains__
        if (named := forms.naming(node, known)) is not None:
            item = forms.named_item(named.name, named.arguments)
            written, words = f"{{{item}}}" if ":" in item else item, "the name is the key of its arguments"
        elif len(names := [key for key in node.entries if key in catalog]) == 1 and not edits.text_of(
            node.entries[names[0]].value
        ):
            rest = {key: entry for key, entry in node.entries.items() if key != names[0]}
            written, words = f"{{{forms.named_item(names[0], rest)}}}", "the arguments stand below the name"
    elif isinstance(node, Sequence) and len(node.items) == 1:
        written, words = edits.as_flow(node.items[0]), "it is one, not a list"
    elif isinstance(node, Sequence) and len(node.items) == 2 and edits.as_flow(node.items[0]) in catalog:
        written, words = f"{{{': '.join(map(edits.as_flow, node.items))}}}", BY_NAME
    elif isinstance(node, Scalar) and type(node.value) in (int, float) and (row := renaming("numbers", kind)) is not None:
        written, words = row.form.replace("{value}", edits.text_of(node)), row.why
    if written is None:
        return PLAIN
    whole = settled(binder, kind, written)
    return Advice(f"write `{whole or written}`: {words}", None if forms.comments(node) else whole)


def settled(binder: Binding, kind: str, written: str) -> str | None:
    """The text of an object with the fixes of its further mistakes; None where one has no fix."""
    for _ in range(MOST_MISTAKES):
        node = parse(Source("", written), Sink())
        if node is None:
            return None
        silent = binder.silent()
        silent.object(Kind(kind), node)
        mistakes = silent.sink.sorted()
        if not mistakes:
            return written
        if mistakes[0].fix is None:
            return None
        written = mistakes[0].fix.applied(written)
    return None
