"""The sentences of a comparison: a difference is told from the better or higher variant."""

from __future__ import annotations

import pytest

from layerctl.diagnostics.text import plain
from layerctl.report import claims
from layerctl.report.comparison import lines, sentence
from layerctl.report.results.claims import Claim, Hypothesis, JudgedClaims, JudgedHypothesis, Judgement, Relation
from layerctl.report.results.comparison import Comparison, Curves, Pair, VariantFigures, Verdict
from layerctl.report.results.intervals import Interval, Spread

NAN = float("nan")


def pair(verdict: Verdict, mean: float, half: float | None, *, metric: str = "test_accuracy", needed: int | None = None) -> Pair:
    """The pair of `small` and `wide`; `mean` is small − wide, as in the data."""
    ends = (None, None) if half is None else (mean - half, mean + half)
    adjusted = None if half is None else 0.0123
    worth = 0.005 if metric == "test_accuracy" else 0.07
    return Pair("small", "wide", metric, Interval(mean, *ends), 0.001, adjusted, verdict, worth, needed)


@pytest.mark.parametrize(
    ("compared", "words"),
    [
        (
            pair("b", -0.393, 0.032),
            "test_accuracy: wide is better than small by 39.3 points (95 % interval 36.1 to 42.5; p = 0.012; 5 seeds)",
        ),
        (
            pair("a", 0.0061, 0.002),
            "test_accuracy: small is better than wide by 0.61 points (95 % interval 0.41 to 0.81; p = 0.012; 5 seeds)",
        ),
        (
            pair("b", 0.25, 0.05, metric="test_loss"),
            "test_loss: wide is better than small by 0.2500 (lower is better; 95 % interval 0.2000 to 0.3000; p = 0.012; "
            "5 seeds)",
        ),
        (
            pair("a", -12.5, 2.5, metric="test_mean_squared_error"),
            "test_mean_squared_error: small is better than wide by 12.5000 (lower is better; 95 % interval 10.0000 to 15.0000; "
            "p = 0.012; 5 seeds)",
        ),
        (
            pair("undecided", -0.02, 0.03, needed=1234),
            "test_accuracy: small and wide are not distinguishable with 5 seeds (wide is higher by 2.0 points on average; "
            "95 % interval -1.0 to 5.0; p = 0.012); about 1,234 would be needed to see a difference of 0.5 points",
        ),
        (
            pair("undecided", 0.1, 0.2, metric="test_loss", needed=9),
            "test_loss: small and wide are not distinguishable with 5 seeds (small is higher by 0.1000 on average; "
            "95 % interval -0.1000 to 0.3000; p = 0.012); about 9 would be needed to see a difference of 0.0700",
        ),
        (
            pair("undecided", 0.0, 0.01),
            "test_accuracy: small and wide are not distinguishable with 5 seeds (they are equal on average; "
            "95 % interval -1.00 to 1.00; p = 0.012)",
        ),
        (
            pair("undecided", NAN, None),
            "test_accuracy: small and wide cannot be compared; a value is not a number",
        ),
    ],
)
def test_a_difference_reads_forwards(compared: Pair, words: str) -> None:
    assert sentence(compared, 5) == words


def test_one_seed_says_nothing_about_chance() -> None:
    assert sentence(pair("undecided", -0.393, None), 1) == (
        "test_accuracy: small and wide are not distinguishable with 1 seed (wide is higher by 39.3 points on average); "
        "one seed says nothing about chance"
    )


def variant(name: str) -> VariantFigures:
    one = Spread(0.5, 0.4, 0.6, (0.5,))
    metrics = {"test_accuracy": one, "test_loss": one}
    return VariantFigures(name, "x.yaml", 1234567, 12345678, 4096, 512, {"epochs": 5}, metrics, one, one, one, Curves("test", {}))


@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_whole_comparison_fits(width: int) -> None:
    variants = (variant("conv2d"), variant("conv2d@vars.width=8@train.epochs=10"))
    comparison = Comparison("digits", (0, 1), variants, (pair("b", -0.3, 0.1),))
    shown = [*lines(comparison, width, plain)]
    assert max(map(len, shown)) <= width
    assert sum(line.count("0.50 ± 0.10") for line in shown) == 6, "figures are never broken"


@pytest.mark.parametrize(
    ("relation", "margin", "mean", "words"),
    [
        ("above", 0.0, 0.0061, "0.9521 against 0.9460, higher by 0.0061 [0.0051, 0.0071] (wanted higher)"),
        ("above", 0.3, -0.0061, "0.9521 against 0.9460, lower by 0.0061 [0.0051, 0.0071] (wanted higher by more than 0.3)"),
        ("below", 0.015, -0.02, "0.9521 against 0.9460, lower by 0.0200 [0.0190, 0.0210] (wanted higher by less than 0.015)"),
        ("within", 0.015, 0.002, "0.9521 against 0.9460, higher by 0.0020 [0.0010, 0.0030] (wanted within ±0.015)"),
    ],
)
def test_a_hypothesis_reads_forwards(relation: Relation, margin: float, mean: float, words: str) -> None:
    hypothesis = Hypothesis("it is more accurate", "a", "b", relation, margin)
    spread = Spread(mean, mean - 0.001, mean + 0.001, (mean,))
    judged = JudgedHypothesis(hypothesis, 0.9521, 0.946, spread, "CONFIRMED")
    result = JudgedClaims("x", (0,), (Judgement(Claim(1, "so", (hypothesis,)), "CONFIRMED", (judged,)),))
    assert f"   CONFIRMED  it is more accurate: {words}" in claims.lines(result, 200)
    assert max(map(len, claims.lines(result, 80))) <= 80
