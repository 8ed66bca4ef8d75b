"""The result of `layerctl compare --equivalence`: whether two specs are the same function for some weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from layerctl.base.json_text import plain
from layerctl.report.results.conversion import Proof
from layerctl.rewrite.layer_match import LayerMatch

Direction = Literal["both", "a_to_b", "b_to_a"]
Values = Any
"""Numbers as nested lists."""
LISTED = 10_000
"""The most values of a witness that are listed."""


class Witness(NamedTuple):
    """An input and weights on which two models differ.

    Attributes:
        inputs: one sample, by the names of the first spec's inputs.
        seed: of the weights.
        weights: of each spec, by its name and by layer; None if there are too many to list.
        output: the output that differs, by its name in the first spec; None if one of the two does not take the input.
        at: the place of the value that differs the most.
        values: of the first and of the second spec; None if they have no such value.
        says: the difference in words.
    """

    inputs: Mapping[str, Values]
    says: str
    seed: int = 0
    weights: Mapping[str, Mapping[str, Values]] | None = None
    output: str | None = None
    at: tuple[int, ...] = ()
    values: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Whether two specs are the same function for some weights.

    Attributes:
        a: the first spec, as the user named it.
        b: the second spec.
        equivalent: `yes` with moved weights and a proof, `no` with a witness, else `unknown`.
        direction: in which weights can be moved; None if no way to move them is known.
        matches: which layer's weights go to which layer, in that direction; from the first spec to the second if it is `both`.
        reason: why the answer is not `yes`.
        proof: how far the outputs are apart once the weights are moved; None if they cannot be moved.
        witness: an input and weights on which the two differ; for `no` alone.
        seed: of the weights and the inputs of the proof.
    """

    a: str
    b: str
    equivalent: Literal["yes", "no", "unknown"]
    direction: Direction | None = None
    matches: tuple[LayerMatch, ...] = ()
    reason: str | None = None
    proof: Proof | None = None
    witness: Witness | None = None
    seed: int = 0

    def to_json(self) -> dict[str, Any]:
        """The answer as `layerctl compare --equivalence --format json` prints it."""
        return {
            "version": 1,
            "a": self.a,
            "b": self.b,
            "equivalent": self.equivalent,
            "direction": self.direction,
            "moved": [{"a": match.a, "b": match.b, "rule": match.rule} for match in self.matches],
            "reason": self.reason,
            "witness": plain(self.witness),
            "certificate": _certificate(self.proof, self.seed) if self.proof is not None else None,
        }


def _certificate(proof: Proof, seed: int) -> dict[str, Any]:
    """The largest difference in each dtype, and all of them; inputs and weights are random, by seed."""
    worst = {one.dtype: one for one in sorted(proof.differences, key=lambda one: one.share)}
    return {
        "inputs": proof.differences[0].samples,
        "seed": seed,
        "dtypes": list(dict.fromkeys(one.dtype for one in proof.differences)),
        "notes": list(proof.notes),
        "missed": plain(proof.missed),
        "differences": plain(proof.differences),
        **{dtype: {**one.figures(), "within": one.within} for dtype, one in worst.items()},
    }
