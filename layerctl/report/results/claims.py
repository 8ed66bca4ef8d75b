"""The result of `layerctl claims`: each claim, what was measured, and whether that confirms it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from layerctl.base.json_text import by_field, plain
from layerctl.report.results.intervals import Interval, Spread

Relation = Literal["above", "below", "within", "equal"]
ClaimVerdict = Literal["CONFIRMED", "REFUTED", "UNDECIDED"]
EQUAL = 1e-9
"""Figures that differ by less are the same."""
FEWEST = 6
"""From this many differences on, it counts as evidence that all are the same: by their signs alone a chance of 3 %."""


class Hypothesis(NamedTuple):
    """That `left` minus `right`, seed by seed, is above or below a margin, within plus or minus the margin, or 0.

    Attributes:
        text: the hypothesis in words.
        left: the name of a figure, `dense: accuracy`.
        right: the name of another figure, or a number.
        arithmetic: whether it is arithmetic, which every seed must fulfil; otherwise it is learnt from data, and the 95 %
            interval of the mean must.
        condition: whether it only makes what is compared comparable: where it fails, its claim is undecided.
    """

    text: str
    left: str
    right: str | float = 0.0
    relation: Relation = "above"
    margin: float = 0.0
    arithmetic: bool = False
    condition: bool = False


class Range(NamedTuple):
    """Two designs over a range of sizes or of samples.

    Attributes:
        text: what they have in common at each place.
        unit: of the places: `parameters`.
        names: of both sides.
        points: at each place the figures of both, and the figure that says where it is.
    """

    text: str
    unit: str
    names: tuple[str, str]
    points: tuple[tuple[str, str, str], ...]


class Claim(NamedTuple):
    """A claim: confirmed if all of its hypotheses are, refuted if one of them is.

    Attributes:
        refuted_if: what would refute it.
        ranges: over which two designs are followed, to see where they change places; they do not decide.
        seeds: how many it takes, for a difference that matters to be found.
    """

    number: int
    text: str
    refuted_if: str
    hypotheses: tuple[Hypothesis, ...]
    ranges: tuple[Range, ...] = ()
    seeds: int = 6

    @property
    def figures(self) -> list[str]:
        """The names of all figures that it takes."""
        sides = [side for one in self.hypotheses for side in (one.left, one.right) if isinstance(side, str)]
        return [*sides, *(name for range in self.ranges for point in range.points for name in point)]


class JudgedHypothesis(NamedTuple):
    """A hypothesis with what was measured, and the verdict.

    Attributes:
        left_mean: the mean of the left figure.
        right_mean: the mean of the right figure, or the number.
        difference: left minus right, seed by seed; its ends are those of the 95 % interval, of arithmetic the smallest and the
            largest difference.
        training: the interval by chance in training alone, where `difference` has that by chance in the test samples too.
    """

    hypothesis: Hypothesis
    left_mean: float
    right_mean: float
    difference: Spread
    verdict: ClaimVerdict
    training: Interval | None = None

    def to_json(self) -> dict[str, Any]:
        data = by_field(self)
        return {**data.pop("hypothesis"), **data}


class Followed(NamedTuple):
    """What was measured over a range: where, and both sides with their 95 % intervals."""

    range: Range
    at: tuple[float, ...]
    left: tuple[Interval, ...]
    right: tuple[Interval, ...]

    @property
    def gaps(self) -> list[float]:
        """By how much the left side is ahead, from the first place to the last."""
        return [left.mean - right.mean for _, left, right in sorted(zip(self.at, self.left, self.right, strict=True))]

    @property
    def crossings(self) -> Iterator[float]:
        """Where the two change places: between two measured places, by the means, along a logarithmic scale."""
        places = [(at, gap) for at, gap in zip(sorted(self.at), self.gaps, strict=True) if gap]
        for (low, before), (high, after) in pairwise(places):
            if before * after < 0:
                yield math.exp(math.log(low) + (math.log(high) - math.log(low)) * before / (before - after))

    def to_json(self) -> dict[str, Any]:
        data = by_field(self)
        return {**data.pop("range"), **data, "crossings": list(self.crossings)}


class Judgement(NamedTuple):
    """A claim with its verdict, and its hypotheses with theirs.

    Attributes:
        seeds: of the trials.
        followed: the designs over ranges.
    """

    claim: Claim
    verdict: ClaimVerdict
    hypotheses: tuple[JudgedHypothesis, ...]
    seeds: tuple[int, ...] = ()
    followed: tuple[Followed, ...] = ()

    def to_json(self) -> dict[str, Any]:
        head = {
            "number": self.claim.number,
            "claim": self.claim.text,
            "refuted_if": self.claim.refuted_if,
            "verdict": self.verdict,
        }
        ranges = {"ranges": plain(self.followed)} if self.followed else {}
        head["seeds"] = list(self.seeds)
        return {**head, "hypotheses": plain(self.hypotheses), **ranges}


@dataclass(frozen=True, slots=True)
class JudgedClaims:
    """Claims with their verdicts.

    Attributes:
        data: the name of the images.
        busy: the largest share of the processors that other programs took meanwhile.
    """

    data: str
    claims: tuple[Judgement, ...]
    busy: float = 0.0

    @property
    def seeds(self) -> tuple[int, ...]:
        """Those of all trials; a claim may go by fewer."""
        return tuple(dict.fromkeys(seed for judgement in self.claims for seed in judgement.seeds))

    def to_json(self) -> dict[str, Any]:
        """The claims as `layerctl claims --format json` prints them."""
        return {"version": 2, "seeds": list(self.seeds), **by_field(self)}
