"""Text from outside in pictures."""

from __future__ import annotations

from layerctl.base.printable import printable


def lettering(text: str) -> str:
    """The text as a picture shows it: on one line, with no formula in it for Matplotlib to set."""
    return printable(text).replace("$", r"\$")
