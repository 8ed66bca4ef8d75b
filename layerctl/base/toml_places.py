"""Places in TOML text, which Python's own parser does not give: where a key stands, and where a text nests too deeply."""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

Key: TypeAlias = tuple[str, ...]
"""A key with the keys of the tables that it is in: `("tool", "layerctl", "strict")`."""
MOST_NESTED = 100
"""Brackets, or parts of a dotted key, within each other."""
TOKEN = re.compile(
    r"""
      \"{3} (?:[^"\\]++ | \\. | "(?!""))*+ (?:"{3,5})?     # texts, also such as do not end
    | '{3} (?:[^']++ | '(?!''))*+ (?:'{3,5})?
    | " (?:[^"\\\n]++ | \\[^\n])*+ "?
    | ' [^'\n]*+ '?
    | \#[^\n]*+
    | [\w+:-]++
    | [^\S\n]++
    | .
    """,
    re.VERBOSE | re.DOTALL,
)


class _Table(NamedTuple):
    """An open bracket: of an inline table, with its key; or of an array, and of a table in one, which have none."""

    inline: bool
    key: Key | None


def places(text: str) -> dict[Key, int]:
    """The offset of each key of a valid document, where it stands first; keys of tables in arrays are left out."""
    found: dict[Key, int] = {}
    table, stack = _Table(True, ()), list[_Table]()
    parts: list[str] | None = []  # the key that is being read; None in a value
    header, path = False, Key()
    for token in TOKEN.finditer(text):
        word = token[0]
        if word == "\n" and not stack:
            parts = []
        elif word.isspace() or word[0] == "#" or word == ".":
            continue
        elif parts is None:
            if word in "[{":
                stack.append(_Table(word == "{", path if word == "{" and all(one.inline for one in stack) else None))
                parts = [] if word == "{" else None
            elif word in "]}" and stack:
                stack.pop()
            elif word == "," and stack and stack[-1].inline:
                parts = []
        elif word == "[" and not stack:
            header = True
        elif word == "=" or (word in "]}" and (header or stack)):
            if word == "}":
                stack.pop()
            elif word == "]":
                header, table = False, _Table(True, path)
            parts = None
        else:
            parts.append(_name(word))
            within = () if header else (stack[-1] if stack else table).key
            path = (*(within or ()), *parts)
            if within is not None:
                found.setdefault(path, token.start())
    return found


def _name(word: str) -> str:
    """The key that a bare or quoted word stands for."""
    if word[0] == '"' and "\\" in word:
        import tomllib

        return next(iter(tomllib.loads(f"{word} = 0")))
    return word[1:-1] if word[0] in "\"'" else word


def too_deep(text: str) -> int | None:
    """The offset at which a text nests more than `MOST_NESTED` deep, which its parser cannot stand; None where it does not."""
    depth = dots = 0
    for token in TOKEN.finditer(text):
        word = token[0]
        if word in "[{":
            depth += 1
        elif word in "]}":
            depth -= 1
        elif word in ".=,\n":
            dots = dots + 1 if word == "." else 0
        if depth > MOST_NESTED or dots >= MOST_NESTED:
            return token.start()
    return None


def long_number(text: str, most: int) -> int | None:
    """The offset of a number with more digits than Python reads."""
    numbers = (token for token in TOKEN.finditer(text) if token[0][0] in "+-0123456789")
    return next((token.start() for token in numbers if len(token[0]) > most), None)
