"""Reads plain scalars by the YAML 1.2 core schema; PyYAML follows YAML 1.1."""

from __future__ import annotations

import re

from layerctl.base.numbers import MAX_DIGITS

NUMBER = re.compile(
    r"""(?P<int>[-+]?[0-9][0-9_]*)
    | 0x(?P<hex>[0-9a-fA-F_]+)
    | 0o(?P<octal>[0-7_]+)
    | (?P<float>[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?)
    | (?P<inf>[-+]?\.(?:inf|Inf|INF))
    | (?P<nan>\.(?:nan|NaN|NAN))""",
    re.VERBOSE,
)
CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
NUMBER_START = frozenset("0123456789+-.")
NOT_PLAINLY_TEXT = NUMBER_START | {text[:1] for text in CONSTANTS}
"""The first characters of plain scalars that may not be text; every other scalar is text without a closer look."""


def scalar_value(text: str) -> str | int | float | bool | None:
    """The value of a plain scalar in the YAML 1.2 core schema; digit groups (`1_000`) are allowed too.

    Raises:
        OverflowError: the number has more than `MAX_DIGITS` digits.
    """
    if text.isdecimal() and text.isascii() and len(text) <= MAX_DIGITS:
        return int(text)
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] not in NUMBER_START or not (match := NUMBER.fullmatch(text)):
        return text
    if len(text) > MAX_DIGITS:
        raise OverflowError
    kind = match.lastgroup or ""
    digits = match[kind].replace("_", "")
    if kind == "int":
        return int(digits)
    if kind in ("hex", "octal"):
        return int(digits, 16 if kind == "hex" else 8) if digits else text
    return float(digits.replace(".", "", 1) if kind in ("inf", "nan") else digits)


def is_text(text: str) -> bool:
    """Whether a plain scalar is text. A number of too many digits is none: it is a mistake."""
    try:
        return isinstance(scalar_value(text), str)
    except OverflowError:
        return False
