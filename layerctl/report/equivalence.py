"""Whether two specs are the same function, in words."""

from __future__ import annotations

from collections.abc import Iterator

from layerctl.report import layout
from layerctl.report.results.conversion import Proof
from layerctl.report.results.equivalence import Equivalence, Values, Witness

RULES = {
    "product": "its kernel in another shape",
    "matrix": "written out as a sparse, tied matrix",
    "same": "as it is",
    "folded": "with the normalization beside it as part of kernel and bias",
    "norm": "a normalization that does what is left to do",
}
DIRECTIONS = {"both": "in both directions", "a_to_b": "from {a} to {b} only", "b_to_a": "from {b} to {a} only"}
SHOWN = 12
"""The most values of an input that are shown."""


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
    if answer.witness is not None:
        yield from _witness(answer, answer.witness)
    if proof is not None:
        yield from (f"  {match.a} → {match.b}: {RULES[match.rule]}" for match in answer.matches)
        yield from _proof(proof)


def _proof(proof: Proof) -> Iterator[str]:
    """For each dtype the output that is nearest to its bound, and what could be missed."""
    for dtype in dict.fromkeys(one.dtype for one in proof.differences):
        one = max((one for one in proof.differences if one.dtype == dtype), key=lambda one: one.share)
        yield (
            f"  {dtype}: outputs differ by {one.max:.2g} at most, {one.mean:.2g} on average"
            f" (rounding allows {one.bound:.2g}; {one.samples} {one.inputs} inputs)"
        )
    missed = max(proof.missed.values(), default=0.0)
    yield f"  an error that changes an output by less than {missed:.1g} of its values could be missed"
    yield from (f"  {note}" for note in proof.notes)


def _witness(answer: Equivalence, witness: Witness) -> Iterator[str]:
    """The input, the weights, and the values that differ."""
    yield "  witness:"
    for name, values in witness.inputs.items():
        yield f"    input {name} = {_some(values)}"
    if witness.weights is None:
        yield f"    weights: random ones, by seed {witness.seed}, the same in both"
    else:
        for spec, layers in witness.weights.items():
            yield from (f"    {spec}: {layer} = {_some(arrays)}" for layer, arrays in layers.items())
    yield f"    {witness.says}"


def _some(values: Values) -> str:
    """The first of some numbers, and how many there are."""
    flat = list(_flat(values))
    shown = ", ".join(f"{one + 0.0:.6g}" if isinstance(one, float) else str(one) for one in flat[:SHOWN])
    return f"[{shown}]" if len(flat) <= SHOWN else f"[{shown}, …] ({len(flat):,} values; all of them with `--format json`)"


def _flat(values: Values) -> Iterator[object]:
    if isinstance(values, list | tuple):
        for one in values:
            yield from _flat(one)
    else:
        yield values
