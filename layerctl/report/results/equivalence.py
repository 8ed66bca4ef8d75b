"""The result of `layerctl compare --equivalence`: whether two specs are the same function for some weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from layerctl.report.results.conversion import Proof
from layerctl.rewrite.matching import LayerMatch

Direction = Literal["both", "a_to_b", "b_to_a"]


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Whether two specs are the same function for some weights.

    Attributes:
        a: the first spec, as the user named it.
        b: the second spec.
        equivalent: `no` only if that is certain.
        direction: in which weights can be moved; None if no way to move them is known.
        matches: which layer's weights go to which layer, in that direction; from the first spec to the second if it is `both`.
        reason: why the answer is not `yes`.
        proof: how far the outputs are apart once the weights are moved; None if they cannot be moved.
        seed: of the weights and the inputs of the proof.
    """

    a: str
    b: str
    equivalent: Literal["yes", "no", "unknown"]
    direction: Direction | None = None
    matches: tuple[LayerMatch, ...] = ()
    reason: str | None = None
    proof: Proof | None = None
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
            "certificate": _certificate(self.proof, self.seed) if self.proof is not None else None,
        }


def _certificate(proof: Proof, seed: int) -> dict[str, Any]:
    """The differences by dtype; all are of the same random inputs."""
    return {
        "inputs": proof.differences[0].samples,
        "seed": seed,
        "dtypes": [one.dtype for one in proof.differences],
        "notes": list(proof.notes),
        **{one.dtype: {**one.figures(), "within": one.within} for one in proof.differences},
    }
