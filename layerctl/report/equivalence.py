"""Whether two specs are the same function, in words."""

from __future__ import annotations

from collections.abc import Iterator

from layerctl.report import layout
from layerctl.report.results.equivalence import Equivalence

RULES = {"product": "its kernel in another shape", "matrix": "written out as a sparse, tied matrix", "same": "as it is"}
DIRECTIONS = {"both": "in both directions", "a_to_b": "from {a} to {b} only", "b_to_a": "from {b} to {a} only"}


def lines(answer: Equivalence, width: int) -> Iterator[str]:
    """The answer and the proof, broken into lines of that width."""
    for line in sentences(answer):
        yield from layout.sentences(line, width)


def sentences(answer: Equivalence) -> Iterator[str]:
    """The answer, which weights can be moved, and how far the outputs are apart."""
    a, b, proof = answer.a, answer.b, answer.proof
    if answer.equivalent == "yes" and answer.direction is not None:
        where = DIRECTIONS[answer.direction].format(a=a, b=b)
        yield f"yes: {a} and {b} are the same function for some weights, which can be moved {where}"
    else:
        yield f"{answer.equivalent}: {a} and {b}: {answer.reason}"
    if proof is None:
        return
    yield from (f"  {match.a} → {match.b}: {RULES[match.rule]}" for match in answer.matches)
    for one in proof.differences:
        yield (
            f"  {one.dtype}: outputs differ by {one.max:.2g} at most, {one.mean:.2g} on average"
            f" (rounding allows {one.bound:.2g}; {one.samples} random inputs)"
        )
    yield from (f"  {note}" for note in proof.notes)
