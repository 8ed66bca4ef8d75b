"""Text from outside in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from layerctl.base.printable import line

MARKUP = re.compile(r"[\\`*<|~$]|(?<![^\W_])_|_(?![^\W_])|\](?=[(\[])|&(?=#?\w+;)|^[#>+-]")
"""What would be markup: emphasis, code, formulas, HTML, the cells of a table, a link, an entity, and the beginning of a block."""


def literal(text: str) -> str:
    """The text on one line, as a reader is to see it: nothing in it is markup."""
    return MARKUP.sub(r"\\\g<0>", line(text))


def row(cells: Iterable[str]) -> str:
    """A row of a table; the cells are Markdown."""
    return f"| {' | '.join(cells)} |"
