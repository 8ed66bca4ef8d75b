"""`$name`, `$(…)` and `$$` in a text: the only computation in the spec language.

Steps and sizes are limited, so that no expression takes long or grows large.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from layerctl.base.meter import Meter
from layerctl.language.expressions.values import Malformed, lookup

DOLLAR = re.compile(r"\$(?:(?P<dollar>\$)|(?P<open>\()|(?P<name>[A-Za-z_][A-Za-z0-9_]*))?")
MAX_TEXT = 10_000


def substitute(text: str, names: Mapping[str, Any], meter: Meter | None = None) -> Any:
    """The text with its variables replaced; a text that is a single `$name` or `$(…)` keeps the value's type.

    Raises:
        Undefined: a name is in none of `names`.
        Malformed: a `$` is neither doubled nor before a name or a bracket, or an expression cannot be computed.
    """
    meter = meter or Meter()
    parts: list[str] = []
    at = added = 0
    while (match := DOLLAR.search(text, at)) is not None:
        if match.start() > at:
            parts.append(text[at : match.start()])
        at = match.end()
        if match["dollar"]:
            parts.append("$")
            continue
        if match["name"]:
            value = lookup(match["name"], names, match.start(), len(match[0]))
        elif match["open"]:
            end = closing(text, match.start())
            from layerctl.language.expressions.computing import Expression

            value = Expression(text, match.end(), end, names, meter).value()
            at = end + 1
        else:
            raise stray(text, match.start())
        if match.start() == 0 and at == len(text):
            return value
        parts.append(written(value))
        added += len(parts[-1])
        if added > MAX_TEXT or not meter.spend(1 + len(parts[-1]) // 10):
            message = f"the text becomes too long; the limit is {MAX_TEXT:,} characters"
            raise Malformed(message, match.start(), "write fewer values into it")
    return "".join([*parts, text[at:]])


def stray(text: str, at: int) -> Malformed:
    """The error of a `$` before neither a name nor a bracket; `${name}` is how shells and other programs write a variable."""
    braces = re.compile(r"\$(?:\{\{?\s*([^{}]+?)\s*\}?\}|\[([^\[\]]+)\])").match(text, at)
    if braces is None:
        return Malformed("a `$` stands before a name or a bracket", at, "write `$$` for a plain dollar sign")
    inner = braces[1] or braces[2]
    meant = f"${inner}" if re.fullmatch(r"[A-Za-z_]\w*", inner) else f"$({inner})"
    error = Malformed("a `$` stands before a name or a round bracket", at, f"write `{meant}`", len(braces[0]))
    error.instead = meant
    return error


def closing(text: str, start: int) -> int:
    """The offset of the bracket that closes the `$(` at `start`; brackets within quotes do not count."""
    depth = 0
    quote = ""
    for index in range(start + 1, len(text)):
        char = text[index]
        if quote:
            quote = "" if char == quote and text[index - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
            if depth == 0:
                return index
    raise Malformed(
        "the bracket of `$(` is not closed", start, "close it with `)`; within `{…}` or `[…]` quote one that has a comma", 2
    )


def written(value: Any) -> str:
    """A value as YAML writes it, to stand inside longer text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(written, value))}]" if isinstance(value, tuple) else str(value)
