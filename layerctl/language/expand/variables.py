"""The section `vars`."""

from __future__ import annotations

import re
from typing import Any

from layerctl.base.source import Span
from layerctl.diagnostics import Sink
from layerctl.language.bind import ANY_NAME, FAILED, Binder, InvalidExpression, WrongType
from layerctl.language.spec.document import SECTIONS
from layerctl.language.syntax import Entry, Mapping, is_null

VALID_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def valid_variable(name: str, place: Span, sink: Sink) -> bool:
    """Whether a variable, parameter or loop variable may have this name; reported where not."""
    if VALID_VARIABLE.fullmatch(name):
        return True
    help = "use letters, digits and `_`, beginning with a letter or `_`"
    sink.add(InvalidExpression, place, f"`{name}` cannot be a variable's name", help=help)
    return False


def variables(root: Mapping, sink: Sink) -> dict[str, Any]:
    """The values of the section `vars`, in which an entry may use those before it; FAILED for one with a mistake."""
    node = root.get("vars")
    values: dict[str, Any] = {} if root.whole else {ANY_NAME: FAILED}
    if node is None or is_null(node):
        return values
    if not isinstance(node, Mapping) or not node.whole:
        values[ANY_NAME] = FAILED
    if not isinstance(node, Mapping):
        sink.add(WrongType, node.span, "`vars` takes a mapping of names to values", help="write `vars: {width: 64}`")
        return values
    binder = Binder(sink, values)
    for name, entry in node.entries.items():
        if not valid_variable(name, entry.key.span, sink):
            continue
        if isinstance(entry.value, Mapping):
            message = f"the variable `{name}` is a scalar or a list, got a mapping"
            sink.add(WrongType, entry.value.span, message, help="make each of its entries a variable of its own")
            values[name] = FAILED
            continue
        values[name] = binder.plain(entry.value)
    return values


def spelled_out(root: Mapping, binder: Binder) -> Mapping:
    """A document with values in place of the variables in its sections; items and definitions are left to their uses."""
    entries = type(root.entries)()
    for key, entry in root.entries.items():
        known = key in SECTIONS and key != "vars"
        value = binder.spelled_out(entry.value, deep=key in ("inputs", "expect", "train")) if known else entry.value
        entries[key] = Entry(entry.key, value)
    return Mapping(root.source, root.start, root.end, entries, root.size, root.height)
