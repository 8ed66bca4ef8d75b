"""Claims can be confirmed, refuted and left open: by figures made up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from layerctl.report.claims import crossing
from layerctl.report.results.claims import Claim, Followed, Hypothesis, Range
from layerctl.report.results.intervals import Interval
from layerctl.runtime.claims.judgement import Differences, _fails, interval, judged, verdict, weighed
from layerctl.runtime.claims.statements import claims
from layerctl.runtime.claims.tables import of_file
from layerctl.runtime.study.statistics import SHARE, Estimate, estimate

NEAR_ONE = (0.9, 1.0, 1.1)
WIDE = (-4.0, 1.0, 6.0)
NAN = math.nan


def held(relation: str, margin: float, *differences: float, of: int = 1, arithmetic: bool = False) -> str:
    """What differences say of a hypothesis."""
    return verdict(Hypothesis("", "a", "b", relation, margin, arithmetic), Differences(np.array(differences)), of)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("relation", "margin", "differences", "expected"),
    [
        ("above", 0.0, NEAR_ONE, "CONFIRMED"),
        ("above", 2.0, NEAR_ONE, "REFUTED"),
        ("above", 1.0, NEAR_ONE, "UNDECIDED"),
        ("below", 2.0, NEAR_ONE, "CONFIRMED"),
        ("below", 0.0, NEAR_ONE, "REFUTED"),
        ("below", 0.0, WIDE, "UNDECIDED"),
        ("within", 2.0, NEAR_ONE, "CONFIRMED"),
        ("within", 2.0, (-0.9, -1.0, -1.1), "CONFIRMED"),
        ("within", 0.1, NEAR_ONE, "REFUTED"),
        ("within", 0.1, (-0.9, -1.0, -1.1), "REFUTED"),
        ("within", 1.0, WIDE, "UNDECIDED"),
        ("within", 1.0, NEAR_ONE, "UNDECIDED"),
        ("within", 1.0, (-0.9, -1.0, -1.1), "UNDECIDED"),
        ("above", 0.0, (1.0, NAN, 1.0), "UNDECIDED"),
        ("below", 0.0, (1.0, math.inf, 1.0), "UNDECIDED"),
    ],
)
def test_verdicts(relation: str, margin: float, differences: tuple[float, ...], expected: str) -> None:
    assert held(relation, margin, *differences) == expected


@pytest.mark.parametrize(
    ("relation", "difference", "expected"),
    [
        ("above", 1.0, "REFUTED"),
        ("above", 1.001, "CONFIRMED"),
        ("below", 1.0, "REFUTED"),
        ("below", 0.999, "CONFIRMED"),
        ("within", 1.0, "CONFIRMED"),
        ("within", -1.0, "CONFIRMED"),
        ("within", 1.001, "REFUTED"),
        ("within", -1.001, "REFUTED"),
    ],
)
@pytest.mark.parametrize("arithmetic", [False, True])
def test_at_the_margin(relation: str, difference: float, expected: str, arithmetic: bool) -> None:
    """Six differences that are all the same have an interval of no width."""
    assert held(relation, 1.0, *[difference] * 6, arithmetic=arithmetic) == expected


def test_an_interval_that_begins_or_ends_at_the_margin_holds_a_value_within() -> None:
    within = Hypothesis("", "a", "b", "within", 1.0)
    assert not _fails(within, 1.0, 2.0)
    assert not _fails(within, -2.0, -1.0)


def test_figures_are_the_same_up_to_rounding() -> None:
    assert held("equal", 0.0, 1e-9, -1e-9, 0.0, arithmetic=True) == "CONFIRMED"
    assert held("equal", 0.0, 2e-9, arithmetic=True) == "REFUTED"
    assert held("equal", 0.0, -2e-9, arithmetic=True) == "REFUTED"
    assert held("within", 0.0, 1e-9, arithmetic=True) == "CONFIRMED"


@pytest.mark.parametrize("count", [2, 3, 5])
def test_few_seeds_that_agree_say_what_their_signs_say(count: int) -> None:
    """Of five that are all the same the signs alone have a chance of 1 in 16; of six, of 1 in 32."""
    assert held("above", 0.0, *[0.0] * count) == held("above", 0.0, *[0.1] * count) == "UNDECIDED"
    assert held("above", 0.0, *[0.0] * 6) == "REFUTED"
    assert held("above", 0.0, *[0.1] * 6) == "CONFIRMED"
    assert held("above", 0.0, 0.1, 0.1, arithmetic=True) == "CONFIRMED"
    assert held("above", 0.0, 1.0, 1.001) == "CONFIRMED", "they differ, so they do say something"


def test_what_is_arithmetic_must_hold_for_every_seed() -> None:
    assert held("above", 0.0, 0.1, 5.0, arithmetic=True) == "CONFIRMED"
    assert held("above", 0.0, 0.1, -0.1, 5.0, arithmetic=True) == "REFUTED"
    assert held("above", 0.0, 0.1, NAN, arithmetic=True) == "UNDECIDED"


def test_an_interval_of_95_percent_confirms() -> None:
    """A margin just below the interval, and one just within."""
    half = stats.t.ppf(0.975, 2) * np.std(NEAR_ONE, ddof=1) / math.sqrt(3)
    assert held("above", 1.0 - half - 1e-6, *NEAR_ONE) == "CONFIRMED"
    assert held("above", 1.0 - half + 1e-6, *NEAR_ONE) == "UNDECIDED"


def test_several_hypotheses_are_each_harder_to_refute() -> None:
    """Each of n may be refuted by chance in one of 20 n cases."""
    half = stats.t.ppf(0.975, 2) * np.std(NEAR_ONE, ddof=1) / math.sqrt(3)
    assert verdict(Hypothesis("", "a", "b", "above", 1.0 + half + 1e-6), Differences(np.array(NEAR_ONE))) == "REFUTED", (
        "it stands alone by default"
    )
    for of in (1, 2, 20):
        half = stats.t.ppf(1 - 0.05 / of / 2, 2) * np.std(NEAR_ONE, ddof=1) / math.sqrt(3)
        assert held("above", 1.0 + half + 1e-6, *NEAR_ONE, of=of) == "REFUTED"
        assert held("above", 1.0 + half - 1e-6, *NEAR_ONE, of=of) == "UNDECIDED"


FIGURES = {"high": np.array([0.9, 0.91, 0.92]), "low": np.array([0.5, 0.52, 0.51]), "any": np.array([0.1, 0.99, 0.6])}
GOOD, FALSE, OPEN = Hypothesis("", "high", "low"), Hypothesis("", "low", "high"), Hypothesis("", "any", "low")


def test_a_claim_is_as_good_as_the_worst_of_its_hypotheses() -> None:
    claims = {(GOOD,): "CONFIRMED", (GOOD, FALSE): "REFUTED", (OPEN, FALSE): "REFUTED", (GOOD, OPEN): "UNDECIDED"}
    for hypotheses, expected in claims.items():
        found = judged(Claim(7, "text", "not", hypotheses), FIGURES.__getitem__)
        assert found.verdict == expected
        assert (found.claim.number, found.claim.text, len(found.hypotheses)) == (7, "text", len(hypotheses))


def test_each_hypothesis_is_one_of_its_claim() -> None:
    """Refuted where it stands alone, open among twenty."""
    figures = {"a": np.array([-0.7, -1.0, -1.2, -0.5]), "b": np.zeros(4)}
    one = Hypothesis("", "a", "b")
    assert judged(Claim(1, "", "", (one,)), figures.__getitem__).verdict == "REFUTED"
    assert judged(Claim(1, "", "", (one,) * 20), figures.__getitem__).verdict == "UNDECIDED"


def test_what_is_said_of_a_hypothesis() -> None:
    hypothesis = Hypothesis("it is more", "high", "low", "above", 0.1)
    found = weighed(hypothesis, FIGURES.__getitem__, 1).to_json()
    half = stats.t.ppf(0.975, 2) * 0.01 / math.sqrt(3)
    shown = found.pop("difference")
    assert shown.pop("values") == pytest.approx([0.4, 0.39, 0.41])
    assert shown == pytest.approx({"mean": 0.4, "low": 0.4 - half, "high": 0.4 + half})
    assert found == {
        "text": "it is more", "left": "high", "right": "low", "relation": "above", "margin": 0.1,
        "arithmetic": False, "condition": False,
        "left_mean": pytest.approx(0.91), "right_mean": pytest.approx(0.51), "verdict": "CONFIRMED",
        "training": None,
    }  # fmt: skip


def test_counts_are_held_against_fractions() -> None:
    found = weighed(Hypothesis("", "count", 0.5), lambda name: np.array([1, 2, 3]), 1)
    assert found.difference.values == (0.5, 1.5, 2.5)


def test_a_figure_may_be_held_against_a_number() -> None:
    for number in (1, 1.0):
        found = weighed(
            Hypothesis("", "ratio", number, "within", 0.02, arithmetic=True), lambda name: np.array([1.01, 1.0, 0.99]), 1
        )
        assert (found.left_mean, found.right_mean, found.verdict) == (pytest.approx(1.0), 1.0, "CONFIRMED")
        assert found.difference.values == pytest.approx((0.01, 0.0, -0.01))
        assert (found.difference.low, found.difference.high) == (pytest.approx(-0.01), pytest.approx(0.01))


def drawn(right: float, samples: int, seeds: int = 6) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Which of the samples are right, with the same samples for every seed."""
    random = np.random.default_rng(samples)
    hard = random.random(samples)
    return (hard[None, :] + 0.1 * random.standard_normal((seeds, samples)) < right).astype(np.float64)


def test_an_accuracy_is_judged_by_its_test_samples_too() -> None:
    """Half a point on 200 images that all seeds share: by the seeds alone it would be sure."""
    hits = np.ones((6, 200))
    hits[:, 0] = 0
    one = Hypothesis("", "better", "worse")
    found = weighed(one, {"better": np.ones((6, 200)), "worse": hits}.__getitem__, 1)
    assert (found.verdict, found.difference.values) == ("UNDECIDED", (pytest.approx(0.005),) * 6)
    assert found.training == pytest.approx((0.005, 0.005, 0.005)), "by the seeds alone there is no doubt"
    assert held("above", 0.0, *found.difference.values) == "CONFIRMED"
    large = {"better": drawn(0.9, 2000), "worse": drawn(0.8, 2000)}
    assert weighed(one, large.__getitem__, 1).verdict == "CONFIRMED"


def test_figures_of_samples_are_held_against_others_by_their_means() -> None:
    found = weighed(Hypothesis("", "hits", "share"), {"hits": drawn(0.9, 50), "share": np.full(6, 0.5)}.__getitem__, 1)
    assert found.training is None
    assert found.difference.mean == pytest.approx(drawn(0.9, 50).mean() - 0.5)


RANGE = Range("with as many samples", "samples", ("a", "b"), (("a1", "b1", "n1"), ("a2", "b2", "n2"), ("a3", "b3", "n3")))


def followed(*gaps: float) -> Followed:
    figures = {f"n{place}": np.array([10.0**place]) for place in (1, 2, 3)}
    figures |= {f"a{place}": np.array([0.5, 0.5]) for place in (1, 2, 3)}
    figures |= {f"b{place}": np.array([0.5, 0.5]) - gap for place, gap in enumerate(gaps, 1)}
    (found,) = judged(Claim(1, "", "", (), (RANGE,)), figures.__getitem__, (0, 1)).followed
    return found


@pytest.mark.parametrize(
    ("gaps", "places", "words"),
    [
        ((0.1, 0.2, 0.3), [], "a is ahead from 10 to 1,000 samples"),
        ((-0.1, 0.1, 0.3), [31.623], "b is ahead with 10 samples, a with 1,000; they change places near 32"),
        ((-0.1, 0.3, -0.1), [17.783, 562.341], "b is ahead with 10 samples, b with 1,000; they change places near 18 and 562"),
        ((0.1, 0.0, -0.1), [100.0], "a is ahead with 10 samples, b with 1,000; they change places near 100"),
        ((0.0, 0.1, 0.1), [], "a is ahead from 10 to 1,000 samples"),
        ((0.0, 0.0, 0.0), [], "neither is ahead from 10 to 1,000 samples"),
    ],
)
def test_where_two_designs_change_places(gaps: tuple[float, ...], places: list[float], words: str) -> None:
    found = followed(*gaps)
    assert list(found.crossings) == pytest.approx(places, abs=0.001)
    assert crossing(found) == f"with as many samples, by the means: {words}"
    assert found.to_json()["crossings"] == pytest.approx(places, abs=0.001)


EVERY = [(claim, one) for claim in claims((of_file("t.csv", "t.csv", None, 9, 3),)) for one in claim.hypotheses]


@pytest.mark.parametrize(("claim", "one"), EVERY, ids=[f"{claim.number} {one.text}" for claim, one in EVERY])
def test_each_line_of_a_claim_can_be_refuted(claim: Claim, one: Hypothesis) -> None:
    """A case is planted in which it is wrong, and one in which it is right."""
    right = 0.5 if isinstance(one.right, str) else one.right
    sign = -1 if one.relation == "below" else 1
    off = {"above": (0.2, -0.2), "below": (0.2, -0.2), "within": (0.0, 0.3), "equal": (0.0, 0.3)}[one.relation]
    for gap, expected in zip(off, ("CONFIRMED", "UNDECIDED" if one.condition else "REFUTED"), strict=True):
        scatter = np.zeros(6) if one.arithmetic else np.linspace(-0.001, 0.001, 6)
        figures = {one.left: right + one.margin * (one.relation in ("above", "below")) + sign * gap + scatter}
        figures |= {one.right: np.full(6, right)} if isinstance(one.right, str) else {}
        assert weighed(one, figures.__getitem__, len(claim.hypotheses)).verdict == expected


def test_the_interval_of_a_figure() -> None:
    """That of a share stays within 0 and 1; others reach as far as they do."""
    share, ratio, loss = np.array([0.2, 0.4, 0.9]), np.array([0.2, 0.4, 1.1]), np.array([-0.1, 0.4, 0.9])
    assert interval(share) == known(estimate(share, bounds=SHARE))
    assert interval(np.array([0.0, 1.0, 1.0])) == known(estimate(np.array([0.0, 1.0, 1.0]), bounds=SHARE))
    for values in (ratio, loss):
        half = stats.t.ppf(0.975, 2) * values.std(ddof=1) / math.sqrt(3)
        mean = values.mean()
        assert interval(values) == pytest.approx((mean, mean - half, mean + half))
    hits = drawn(0.9, 40)
    assert interval(hits) == known(estimate(hits, bounds=SHARE, samples=40))
    assert interval(np.array([0.5])) == (0.5, None, None)


def known(found: Estimate | None) -> Interval:
    assert found is not None
    return found.interval()


def test_what_is_followed_has_the_figures_of_both_sides() -> None:
    found = followed(0.1, 0.2, 0.3)
    assert found.at == (10.0, 100.0, 1000.0)
    assert [one.mean for one in found.left] == [0.5, 0.5, 0.5]
    assert [one.mean for one in found.right] == pytest.approx([0.4, 0.3, 0.2])
    assert judged(Claim(1, "", "", ()), FIGURES.__getitem__, (3, 4)).seeds == (3, 4)


AHEAD = {
    "1 the dense model is as accurate on permuted images": ("dense, permuted: accuracy", "dense: accuracy"),
    "1 the convolutional one is less accurate": ("conv2d: accuracy", "conv2d, permuted: accuracy"),
    "1 it loses more than the dense one": ("conv2d: loss by permuting", "dense: loss by permuting"),
    "2 conv2d of width 12 is more accurate than dense of 11 units": ("conv2d 12: accuracy", "dense 11: accuracy"),
    "2 conv2d of width 12 is more accurate with 1/4 of the training samples": (
        "conv2d 12, 1/4 of the samples: accuracy",
        "dense 11, 1/4 of the samples: accuracy",
    ),
    "2 t.csv: it gains nothing": ("t.csv, conv2d: accuracy", "t.csv, dense: accuracy"),
    "2 t.csv: it takes longer to train (ratio)": ("t.csv, conv2d / t.csv, dense: seconds", 1.0),
    "3 shifts by 1 to 4 pixels cost the dense model more": ("dense: loss by shifting", "conv2d: loss by shifting"),
    "4 3×3 is more accurate than 1×1": ("kernel 3: accuracy", "kernel 1: accuracy"),
    "4 5×5 is more accurate than 1×1": ("kernel 5: accuracy", "kernel 1: accuracy"),
    "6 trained weights of dense, sgd (share)": ("dense, sgd: trained weights within 1", 0.95),
    "7 a probe behind Flatten reads back which of 9 places (share)": ("place, Flatten: accuracy", 0.9),
    "7 behind global pooling it does so less often": ("place, Flatten: accuracy", "place, pooling: accuracy"),
    "7 behind Flatten moving costs a probe that has learnt in the middle": (
        "middle, Flatten: accuracy",
        "moved, Flatten: accuracy",
    ),
    "7 behind global pooling more of the moved images are recognized": ("moved, pooling: accuracy", "moved, Flatten: accuracy"),
    "8 trained kernels are more oriented than the same numbers in another order": (
        "trained kernels: orientation",
        "shuffled kernels: orientation",
    ),
    "8 trained kernels are more oriented than random kernels that are as smooth": (
        "trained kernels: orientation",
        "random kernels: orientation",
    ),
    "8 trained kernels are more oriented than before training": ("trained kernels: orientation", "initial kernels: orientation"),
    "9 the model with Dense at the end is more accurate": ("conv2d: accuracy", "early: accuracy"),
    "10 without pooling training takes longer (ratio)": ("unpooled 12 / conv2d 12: seconds", 1.0),
    "10 with as many parameters pooling gains accuracy": ("conv2d: accuracy", "unpooled 3: accuracy"),
    "11 with a learning rate of 0.001 it is more accurate": ("normalized, rate 0.001: accuracy", "plain, rate 0.001: accuracy"),
    "11 with a learning rate of 0.01 it is more accurate": ("normalized, rate 0.01: accuracy", "plain, rate 0.01: accuracy"),
}
"""By claim and line, what the statement says is higher, and than what."""


@pytest.mark.parametrize("line", AHEAD)
def test_a_line_says_what_its_claim_says(line: str) -> None:
    """The sides are not exchanged."""
    one = next(one for claim, one in EVERY if f"{claim.number} {one.text}" == line)
    assert (one.left, one.right) == AHEAD[line]
    assert one.relation == ("within" if "as accurate" in line else "below" if "gains nothing" in line else "above")


def test_what_makes_designs_comparable_refutes_nothing() -> None:
    """If two designs cannot be made of like size, nothing is learnt from them."""
    alike = Hypothesis("", "ratio", 1.0, "within", 0.02, arithmetic=True, condition=True)
    figures = {"ratio": np.full(6, 1.1)} | FIGURES
    assert judged(Claim(1, "", "", (alike, GOOD)), figures.__getitem__).verdict == "UNDECIDED"
    assert judged(Claim(1, "", "", (alike, FALSE)), figures.__getitem__).verdict == "REFUTED"


def test_a_share_against_a_number_has_the_chance_of_its_samples() -> None:
    """Two test images that are always right are no proof of nine in ten."""
    found = weighed(Hypothesis("", "hits", 0.9), {"hits": np.ones((6, 2))}.__getitem__, 1)
    assert found.verdict == "UNDECIDED"
    assert found.difference.high == pytest.approx(0.1), "a share is at most 1"
    assert weighed(Hypothesis("", "hits", 0.9), {"hits": np.ones((6, 500))}.__getitem__, 1).verdict == "CONFIRMED"
