"""Text from outside made printable: it controls no terminal, begins no line, and commands no service that reads the output."""

from __future__ import annotations

import re

COMMAND = "^[ \ufdd0-\ufdef]*:(?=:(?!: ))|#(?=#\\w*\\[)"
"""What GitHub and Azure take for a command: `::` at the start of a line (not the sign `::: `), `##[` and `##vso[` anywhere."""


def printable(text: str, keep: str = "") -> str:
    """The text on one line, with an escape for all that is invisible or controls a terminal: `\\n`, `\\x1b`, `\\u202e`.

    Args:
        keep: characters that stay as they are.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else char.encode("unicode_escape").decode("ascii") for char in text)


def shortened(text: str, most: int) -> str:
    """The text; of a longer one as many characters, and a sign that there are more."""
    return text if len(text) <= most else f"{text[:most]}…"


def line(text: str, keep: str = "") -> str:
    """A line of output for people: printable, and no command of a continuous-integration service."""
    text = printable(text, keep)
    if "::" in text or "##" in text:
        text = re.sub(COMMAND, lambda sign: f"{sign[0][:-1]}\\x{ord(sign[0][-1]):x}", text)
    return text
