"""`$name`, `$(…)` and `$$` in a text: the only computation that a spec can ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
DOLLAR = re.compile(r"\$(?:(?P<dollar>\$)|(?P<open>\()|(?P<name>[A-Za-z_][A-Za-z0-9_]*))?")


class Undefined(Exception):
    """A name that nothing defines; `offset` is its place in the text."""

    def __init__(self, name: str, offset: int) -> None:
        super().__init__(name)
        self.name = name
        self.offset = offset


class Malformed(Exception):
    """A `$` that begins nothing, or an expression that cannot be computed."""

    def __init__(self, message: str, offset: int, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.help = help


def substitute(text: str, names: Mapping[str, Any]) -> Any:
    """The text with its variables replaced; a text that is one `$name` or `$(…)` keeps the value's type.

    Raises:
        Undefined: a name is in none of `names`.
        Malformed: a `$` is neither doubled nor before a name or a bracket.
    """
    parts: list[Any] = []
    at = 0
    while (found := DOLLAR.search(text, at)) is not None:
        if found.start() > at:
            parts.append(text[at : found.start()])
        at = found.end()
        if found["dollar"]:
            parts.append("$")
        elif found["name"]:
            value = lookup(found["name"], names, found.start())
            if len(text) == found.end() - found.start():
                return value
            parts.append(written(value))
        else:
            raise Malformed("a `$` stands before a name; `$$` is a plain dollar sign", found.start(), "write `$$`")
    parts.append(text[at:])
    return "".join(parts)


def lookup(name: str, names: Mapping[str, Any], offset: int) -> Any:
    if name not in names:
        raise Undefined(name, offset)
    return names[name]


def written(value: Any) -> str:
    """A value inside longer text, as YAML would write it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(written, value))}]" if isinstance(value, tuple) else str(value)
