"""The result of `layerctl claims`: each claim, what was measured, and whether that confirms it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from layerctl.base.json_text import by_field, plain
from layerctl.report.results.intervals import Spread

Relation = Literal["above", "below", "within", "equal"]
ClaimVerdict = Literal["CONFIRMED", "REFUTED", "UNDECIDED"]


class Hypothesis(NamedTuple):
    """That `left` minus `right`, seed by seed, is above or below a margin, within plus or minus the margin, or 0.

    Attributes:
        text: the hypothesis in words.
        left: the name of a figure, `dense: accuracy`.
        right: the name of another figure, or a number.
        exact: whether every seed must fulfil it; otherwise the 95 % interval of the mean must.
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


class JudgedHypothesis(NamedTuple):
    """A hypothesis with what was measured, and the verdict.

    Attributes:
        left_mean: the mean of the left figure.
        right_mean: the mean of the right figure, or the number.
        difference: left minus right, seed by seed; its ends are those of the 95 % interval, for an exact hypothesis the smallest
            and the largest difference.
    """

    hypothesis: Hypothesis
    left_mean: float
    right_mean: float
    difference: Spread
    verdict: ClaimVerdict

    def to_json(self) -> dict[str, Any]:
        data = by_field(self)
        return {**data.pop("hypothesis"), **data}


class Judgement(NamedTuple):
    """A claim with its verdict, and its hypotheses with theirs."""

    claim: Claim
    verdict: ClaimVerdict
    hypotheses: tuple[JudgedHypothesis, ...]

    def to_json(self) -> dict[str, Any]:
        head = {"number": self.claim.number, "claim": self.claim.text, "verdict": self.verdict}
        return {**head, "hypotheses": plain(self.hypotheses)}


@dataclass(frozen=True, slots=True)
class JudgedClaims:
    """Claims with their verdicts; `data` is the name of the images, `seeds` are those of the trials."""

    data: str
    seeds: tuple[int, ...]
    claims: tuple[Judgement, ...]

    def to_json(self) -> dict[str, Any]:
        """The claims as `layerctl claims --format json` prints them."""
        return {"version": 1, **by_field(self)}
