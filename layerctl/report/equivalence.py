"""Whether two specs are one function, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layerctl.report import layout

RULES = {"product": "its kernel in another shape", "matrix": "written out as a sparse, tied matrix", "same": "as it is"}
DIRECTIONS = {"both": "in both directions", "a_to_b": "from {a} to {b} only", "b_to_a": "from {b} to {a} only"}


def lines(found: Mapping[str, Any], width: int) -> Iterator[str]:
    """The answer, and what it rests on, in lines of that width."""
    for line in sentences(found):
        yield from layout.sentences(line, width)


def sentences(found: Mapping[str, Any]) -> list[str]:
    """The answer, and what it rests on."""
    a, b = found["a"], found["b"]
    if found["certificate"] is None:
        answer = "no" if found["equivalent"] == "no" else "unknown"
        return [f"{answer}: {a} and {b}: {found['reason']}"]
    where = DIRECTIONS[found["direction"]].format(a=a, b=b)
    out = [
        f"yes: {a} and {b} are the same function for some weights, which can be moved {where}"
        if found["equivalent"] == "yes"
        else f"unknown: {a} and {b}: {found['reason']}"
    ]
    out += [f"  {move['a']} → {move['b']}: {RULES[move['rule']]}" for move in found["moved"]]
    certificate = found["certificate"]
    for dtype in certificate["dtypes"]:
        held = certificate[dtype]
        out.append(
            f"  {dtype}: outputs differ by {held['max_abs_difference']:.2g} at most, {held['mean_abs_difference']:.2g} on average"
            f" (rounding allows {held['bound']:.2g}; {certificate['inputs']} random inputs)"
        )
    return [*out, *(f"  {note}" for note in certificate["notes"])]
