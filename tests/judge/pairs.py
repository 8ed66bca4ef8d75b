"""Pairs of specs that are the same function by construction, and pairs that are not, for `compare --equivalence`.

    python -m tests.judge.pairs [--count N] [--first N]

A pair begins as two copies of a random model. An equal pair has its copies rewritten in ways that keep the function: a
convolution with its padding as a layer, a normalization folded in, other names, … A different pair has one layer of a copy
changed into another function, and the copies are then rewritten likewise. The answer `yes` for a different pair is wrong, `no`
for an equal one too.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from typing import NamedTuple

from tests.judge.pair_changes import CHANGED, KEPT, Change
from tests.judge.pair_models import MODELS, Model

COUNT = 300


class Pair(NamedTuple):
    """Two specs, whether they are the same function, and by which steps one came from the other."""

    a: str
    b: str
    equal: bool
    how: str


def pair(number: int) -> Pair:
    """The pair of that number: equal if it is even."""
    draw = random.Random(number)
    equal, how = number % 2 == 0, []
    model = draw.choice(MODELS)(draw)
    sides = [deepcopy(model), deepcopy(model)]
    if not equal:
        how.append(_applied(sides[1], draw, CHANGED, 1))
    for side_, most in zip(sides, (1, 3), strict=True):
        how.append(_applied(side_, draw, KEPT, draw.randint(0 if side_ is sides[0] else 1, most)))
    return Pair(sides[0].text, sides[1].text, equal, ", ".join(filter(None, how)))


def _applied(model: Model, draw: random.Random, changes: Sequence[Change], count: int) -> str:
    """Applies some of the changes that can be; gives their names."""
    done: list[str] = []
    for change in draw.sample(changes, len(changes)):
        if len(done) < count and change(model, draw):
            done.append(change.__name__)
    return ", ".join(done)


class Judged(NamedTuple):
    """How often each answer was given to equal and to different pairs, and the pairs whose answer is wrong or `unknown`."""

    answers: Counter[tuple[bool, str]]
    remarkable: list[tuple[int, Pair, str, str | None]]

    @property
    def wrong(self) -> int:
        return self.answers[True, "no"] + self.answers[False, "yes"]


def judged(numbers: Sequence[int]) -> Judged:
    """The answers to these pairs."""
    from layerctl.api.equivalence import equivalence
    from layerctl.compiler.pipeline import compile_text
    from layerctl.compiler.variants import Variant

    result = Judged(Counter(), [])
    for number in numbers:
        one = pair(number)
        specs = [Variant(name, compile_text(text, f"{name}.yaml").accepted()) for name, text in (("a", one.a), ("b", one.b))]
        answer = equivalence(*specs)
        result.answers[one.equal, answer.equivalent] += 1
        if (one.equal and answer.equivalent != "yes") or (not one.equal and answer.equivalent == "yes"):
            result.remarkable.append((number, one, answer.equivalent, answer.reason))
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description="Holds `compare --equivalence` against generated pairs of specs.")
    parser.add_argument("--count", type=int, default=COUNT, help="how many pairs")
    parser.add_argument("--first", type=int, default=0, help="the number of the first pair")
    options = parser.parse_args()
    found = judged(range(options.first, options.first + options.count))
    for number, one, answer, reason in found.remarkable:
        print(f"pair {number}, {'equal' if one.equal else 'different'}: {answer}: {reason}\n  {one.how}\n{one.a}---\n{one.b}")
    for equal, word in ((True, "equal"), (False, "different")):
        print(f"{word:9}", "  ".join(f"{answer} {found.answers[equal, answer]:3}" for answer in ("yes", "no", "unknown")))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
