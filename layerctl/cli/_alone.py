"""Options that may stand without a value; option parsers know only those that always, or never, have one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from typer.core import TyperCommand


def standing_alone(option: str, otherwise: str, is_value: Callable[[str], bool]) -> type[TyperCommand]:
    """The kind of a command with an option that may stand alone.

    Args:
        option: its name.
        otherwise: the value that it has then.
        is_value: whether the word after it is its value.
    """

    class Command(TyperCommand):
        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            pairs = pairwise([*args, "--"])
            return super().parse_args(
                ctx, [f"{word}={otherwise}" if word == option and not is_value(after) else word for word, after in pairs]
            )

    return Command
