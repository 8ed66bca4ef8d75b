"""What a user should know of the columns of a table that are hardly numbers or categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layerctl.analysis.data import dates
from layerctl.analysis.data.cells import SEVERAL, amount, is_number

MOST_CATEGORIES = 100
"""A column of more categories is told to the user."""
DISTINCT = 0.9
"""A column of which this share of texts is distinct names its rows."""


def identifying(name: str, cells: Sequence[str]) -> str | None:
    """What a user should know of a column of texts that are dates, or hardly categories; None if there is nothing."""
    count = len(set(cells))
    odd = next((cell for cell in cells if amount(cell)), None)
    if odd is not None and all(is_number(cell) or amount(cell) for cell in cells):
        what = f"the column `{name}` holds numbers that are written like `{odd}`, and each becomes a column of 0 and 1"
        return f"{what}: write them like `{amount(odd)}`; `categorical: {{{name}: one_hot}}` says that they are categories"
    if count < SEVERAL:
        return None
    if dates.formats(cells):
        what = f"the column `{name}` holds dates, {count:,} different ones, and each becomes a column of 0 and 1"
        return f"{what}: `dates: [{name}]` takes their parts, `drop: [{name}]` leaves the column out"
    if count <= MOST_CATEGORIES and count < DISTINCT * len(cells):
        return None
    what = f"the column `{name}` holds {count:,} different texts in {len(cells):,} rows, and each becomes a column of 0 and 1"
    return f"{what}: `drop: [{name}]` leaves the column out, `categorical: {{{name}: one_hot}}` says that it is meant so"


def row_numbers(columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What a user should know of columns that only count the rows, by column; they have no name, or say what they are."""
    advice = {}
    for name, cells in columns.items():
        if len(cells) < SEVERAL or not (name.startswith("Unnamed: ") or name.lower() in ("id", "index")):
            continue
        if any(list(cells) == [str(at + begin) for at in range(len(cells))] for begin in (0, 1)):
            advice[name] = f"the column `{name}` only counts the rows: `drop: ['{name}']` leaves it out"
    return advice
