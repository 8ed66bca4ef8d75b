"""Generates cases, gets the verdicts of both sides, and reports where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from layerctl.catalog import CATALOGS
from layerctl.catalog.layers._base import Layer
from tests.judge import keras_side, static_side
from tests.judge.case import Case, Input, Item
from tests.judge.deliberate import excused
from tests.judge.inputs import disturbed, like, with_mask
from tests.judge.row import Row
from tests.judge.values import DERIVE, arguments
from tests.judge.verdict import Verdict

DRAWS = 40
"""How often a case is redrawn until layerctl's verdict is the wanted one, so that both verdicts occur often."""
WRONG = 0.2
"""The probability that one argument of a case is out of range."""
POLICIES = ("mixed_bfloat16", "mixed_float16", "float16", "bfloat16", "float64")


@dataclass(frozen=True)
class Disagreement:
    """A case on which the two sides differ, with both verdicts."""

    layer: str
    what: str
    case: Case
    static: Verdict
    keras: Verdict

    def __str__(self) -> str:
        spec = "\n".join(f"    {line}" for line in self.case.text().splitlines())
        return f"{self.layer}: {self.what}\n{spec}\n    layerctl {self.static}\n    Keras    {self.keras}"


@dataclass
class Score:
    """The tally of one layer.

    Attributes:
        valid: cases that Keras accepts.
        valid_agreed: cases that both accept, with the same outputs and weights.
        total: all cases.
        verdict_agreed: cases with the same verdict.
        excused: deliberate refusals.
        problems: mistakes of the row itself.
        cases: all judged cases.
    """

    layer: str
    valid: int = 0
    valid_agreed: int = 0
    total: int = 0
    verdict_agreed: int = 0
    excused: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not self.disagreements and not self.problems


def draw(rng: Random, name: str, row: Row) -> Case:
    cls = CATALOGS["layers"].find(name)
    assert cls is not None
    assert issubclass(cls, Layer)
    fed = disturbed(rng, row.feed(rng), cls.input_kind)
    args = row.finish(rng, arguments(rng, cls, fed, row.args, wrong=WRONG))
    call = {key: value for key, make in row.call.items() if (value := make(rng, fed)) is not DERIVE}
    if rng.random() < 0.06:
        call["training"] = rng.random() < 0.5
    before = row.before(rng, fed)
    if "mask" in cls.call_arguments and not before:
        fed = with_mask(rng, fed, cls.call_arguments[0])
    dtype = rng.choice(POLICIES) if rng.random() < 0.04 else "float32"
    again = like(rng, fed) if isinstance(fed, Input) and not (before or call) and rng.random() < 0.06 else None
    return Case((*before, Item(name, args)), fed, call, dtype, again)


def cases(name: str, row: Row, count: int, seed: int | str) -> Iterator[tuple[Case, static_side.Static]]:
    """Different cases of a layer with layerctl's verdict; of each three, two accepted and one refused if possible."""
    seen: set[str] = set()
    for number in range(count):
        rng = Random(f"{seed}:{name}:{number}")
        fresh: dict[str, tuple[Case, static_side.Static]] = {}
        for _ in range(DRAWS):
            case = draw(rng, name, row)
            if (text := case.text()) not in seen:
                fresh[text] = case, static_side.judge(case)
                if fresh[text][1].verdict.accepted is (number % 3 != 2):
                    break
        if fresh:
            text, case_and_verdict = fresh.popitem()
            seen.add(text)
            yield case_and_verdict


def differences(static: Verdict, keras: Verdict) -> list[str]:
    """The differences of the two verdicts."""
    if static.crashed or keras.crashed:
        return ["layerctl fails"]
    if static.accepted is not keras.accepted:
        return ["layerctl accepts, Keras does not" if static.accepted else "Keras accepts, layerctl does not"]
    if not static.accepted:
        return []
    different = []
    if [out.shape for out in static.outputs] != [out.shape for out in keras.outputs]:
        different.append("output shapes")
    if [out.dtype for out in static.outputs] != [out.dtype for out in keras.outputs]:
        different.append("output dtypes")
    for part in ("name", "shape", "dtype", "trainable"):
        if [getattr(w, part) for w in static.weights] != [getattr(w, part) for w in keras.weights]:
            different.append(f"weight {part}s")
    if not different and keras.verified:
        different.append(f"`build` finds {'; '.join(keras.verified)}")
    return different


Excuse = Callable[[Case, Verdict], bool]
"""Whether a refusal that Keras does not share is deliberate."""


def of_layers(case: Case, static: Verdict) -> bool:
    """Whether a layer of the case documents the refusal in `stricter`."""
    return excused(case.items, static.says, again=case.again is not None)


def judge(name: str, row: Row, count: int, *, seed: int | str = 0) -> Score:
    """The score of one layer over generated cases."""
    score = Score(name)
    cls = CATALOGS["layers"].find(name)
    assert cls is not None
    score.problems += [f"{name} has no argument `{key}`" for key in row.args if key not in cls.model_fields]
    for case, static in cases(name, row, count, seed):
        if score.total % 60 == 0:
            keras_side.clear()
        tally(score, case, static)
    keras_side.clear()
    if not score.valid and not score.excused:
        score.problems.append(f"none of {score.total} cases of {name} is valid in Keras: the row says nothing about it")
    return score


def tally(score: Score, case: Case, static: static_side.Static, excused: Excuse = of_layers) -> None:
    keras = keras_side.judge(case, static.compiled)
    if keras.unable:
        return
    different = differences(static.verdict, keras)
    score.cases.append(case)
    if keras.accepted and not static.verdict.accepted and excused(case, static.verdict):
        score.excused += 1
        return
    score.total += 1
    score.valid += keras.accepted
    score.verdict_agreed += keras.accepted is static.verdict.accepted
    score.valid_agreed += keras.accepted and not different
    if different:
        score.disagreements.append(Disagreement(score.layer, ", ".join(different), case, static.verdict, keras))


def uncovered(table: Mapping[str, Row]) -> list[str]:
    """Layers without a row in the table, and rows without a layer."""
    names = set(CATALOGS["layers"].names())
    missing = [f"{name} has no row in tests/judge/table.py" for name in sorted(names - set(table))]
    return missing + [f"the row {name} of tests/judge/table.py has no layer" for name in sorted(set(table) - names)]
