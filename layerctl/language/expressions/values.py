"""The values of variables and expressions: their size limits, and the errors of computing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import Any

MAX_ITEMS = 10_000
MAX_NESTING = 100

FAILED: Any = object()
"""Stands for a value whose mistake is already reported."""


class Failed(Exception):
    """A name is used whose own value holds a mistake that is already reported."""


class Undefined(Exception):
    """A name is not defined; `offset` and `length` are its place in the text, including a `$` before it."""

    def __init__(self, name: str, offset: int, length: int) -> None:
        super().__init__(name)
        self.name = name
        self.offset = offset
        self.length = length


class Malformed(Exception):
    """A `$` without a name or bracket, or an expression that cannot be computed; `offset` and `length` are its place in the text.

    Attributes:
        function: the name of a function that does not exist, to suggest a similar one.
        known: the functions that exist.
        instead: what is meant in place of the marked text.
    """

    function = ""
    known: Iterable[str] = ()
    instead: str | None = None

    def __init__(self, message: str, offset: int, help: str | None = None, length: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.help = help
        self.length = length


def weight(value: Any, most: int = MAX_ITEMS) -> int:
    """How many values a list holds, with all lists within it; more than `most` where they are nested too deep.

    Counting stops soon after `most`.
    """
    total = depth = 0
    level = [value]
    while level and total <= most:
        total += len(level)
        inner = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, tuple | dict))
        level = list(islice(chain.from_iterable(inner), most + 1))
        depth += 1
        if depth > MAX_NESTING:
            return most + 1
    return total


def lookup(name: str, names: Mapping[str, Any], offset: int, length: int) -> Any:
    if name not in names:
        raise Undefined(name, offset, length)
    if names[name] is FAILED:
        raise Failed
    return names[name]
