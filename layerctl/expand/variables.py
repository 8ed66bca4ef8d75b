"""The section `vars`."""

from __future__ import annotations

import re
from typing import Any

from layerctl.bind import FAILED, Binder, InvalidExpression, WrongType
from layerctl.diagnostics import Sink
from layerctl.syntax import Mapping, Scalar


def variables(root: Mapping, sink: Sink) -> dict[str, Any]:
    """The section `vars`, each entry of which may use the ones before it; FAILED for one with a mistake."""
    node = root.get("vars")
    values: dict[str, Any] = {}
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return values
    if not isinstance(node, Mapping):
        sink.add(WrongType, node.span, "`vars` takes a mapping of names to values")
        return values
    binder = Binder(sink, values)
    for name, entry in node.entries.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            message = f"`{name}` cannot be a variable's name"
            sink.add(
                InvalidExpression, entry.key.span, message, help="use letters, digits and `_`, beginning with a letter or `_`"
            )
            continue
        if isinstance(entry.value, Mapping):
            sink.add(WrongType, entry.value.span, f"the variable `{name}` is a scalar or a list, got a mapping")
            values[name] = FAILED
            continue
        values[name] = binder.plain(entry.value)
    return values
