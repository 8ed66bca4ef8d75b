"""What `layerctl claims` finds: what is claimed, what was measured of it, and whether that confirms it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from layerctl.base.json_text import plain
from layerctl.report.results.intervals import Spread

Relation = Literal["above", "below", "within", "equal"]
ClaimVerdict = Literal["CONFIRMED", "REFUTED", "UNDECIDED"]


class Hypothesis(NamedTuple):
    """That `left` minus `right`, taken seed by seed, is above or below a margin, within plus or minus the margin, or 0.

    Attributes:
        text: what that means.
        left: a figure by its name, `dense: accuracy`.
        right: another one, or a number.
        relation: what is claimed of the difference.
        margin: what it is held against.
        exact: whether every single value must fulfil it; otherwise the 95 % interval of the mean must.
    """

    text: str
    left: str
    right: str | float = 0.0
    relation: Relation = "above"
    margin: float = 0.0
    exact: bool = False


class Claim(NamedTuple):
    """A claim: confirmed if all of its hypotheses are, refuted if one of them is."""

    number: int
    text: str
    hypotheses: tuple[Hypothesis, ...]


@dataclass(frozen=True, slots=True)
class JudgedHypothesis:
    """A hypothesis with what was measured of it.

    Attributes:
        hypothesis: what is claimed.
        left_mean: the mean of its left figure.
        right_mean: the mean of its right one.
        difference: of the two, seed by seed; the ends are those of the 95 % interval, or the least and the largest value where
            every single one must fulfil it.
        verdict: what the differences say.
    """

    hypothesis: Hypothesis
    left_mean: float
    right_mean: float
    difference: Spread
    verdict: ClaimVerdict

    def to_json(self) -> dict[str, Any]:
        measured = {"left_mean": self.left_mean, "right_mean": self.right_mean, "difference": self.difference}
        return {**plain(self.hypothesis), **plain(measured), "verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A claim with the verdict on it, and with what was measured of each of its hypotheses."""

    claim: Claim
    verdict: ClaimVerdict
    hypotheses: tuple[JudgedHypothesis, ...]

    def to_json(self) -> dict[str, Any]:
        head = {"number": self.claim.number, "claim": self.claim.text, "verdict": self.verdict}
        return {**head, "hypotheses": plain(self.hypotheses)}


@dataclass(frozen=True, slots=True)
class JudgedClaims:
    """Claims put to the test.

    Attributes:
        data: the name of the images.
        seeds: of the trials.
        claims: each with its verdict.
    """

    data: str
    seeds: tuple[int, ...]
    claims: tuple[Judgement, ...]

    def to_json(self) -> dict[str, Any]:
        """The claims as `layerctl claims --format json` prints them."""
        return {"version": 1, "data": self.data, "seeds": list(self.seeds), "claims": plain(self.claims)}
