"""Options with an optional value, which the option parser does not support."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from typer.core import TyperCommand


def standing_alone(option: str, otherwise: str, is_value: Callable[[str], bool]) -> type[TyperCommand]:
    """The class of a command with an option whose value is optional.

    Args:
        option: the option's name.
        otherwise: its value where none is given.
        is_value: whether the word after the option is its value.
    """

    class Command(TyperCommand):
        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            pairs = pairwise([*args, "--"])
            return super().parse_args(
                ctx, [f"{word}={otherwise}" if word == option and not is_value(after) else word for word, after in pairs]
            )

    return Command
