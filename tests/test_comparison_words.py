"""The sentences of a comparison: a difference is told from the better or higher variant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from layerctl.diagnostics.text import plain
from layerctl.report import claims
from layerctl.report.comparison import both, cells, heads, lines, notes, sentence
from layerctl.report.results.claims import Claim, Hypothesis, JudgedClaims, JudgedHypothesis, Judgement, Relation
from layerctl.report.results.comparison import Comparison, Curves, Pair, TimeToTarget, Timing, VariantFigures, Verdict
from layerctl.report.results.intervals import Interval, Spread

NAN = float("nan")


def pair(verdict: Verdict, mean: float, half: float | None, *, metric: str = "test_accuracy", **more: Any) -> Pair:
    """The pair of `small` and `wide`; `mean` is small − wide, as in the data."""
    ends = (None, None) if half is None else (mean - half, mean + half)
    adjusted = None if half is None else 0.0123
    worth = 0.005 if metric == "test_accuracy" else 0.07
    return Pair("small", "wide", metric, Interval(mean, *ends), 0.001, adjusted, verdict, worth, None)._replace(**more)


BOTH = {"with_samples": Interval(-0.393, -0.443, -0.343), "correlation": 0.4234}


@pytest.mark.parametrize(
    ("compared", "words"),
    [
        (
            pair("b", -0.393, 0.032, **BOTH),
            "test_accuracy: wide is better than small by 39.3 points (95 % interval 34.3 to 44.3, by training alone 36.1 to "
            "42.5; p = 0.012; correlation 0.42; 5 seeds)",
        ),
        (
            pair("a", 0.0061, 0.002),
            "test_accuracy: small is better than wide by 0.61 points (95 % interval 0.41 to 0.81 by training; p = 0.012; "
            "5 seeds)",
        ),
        (
            pair("b", 0.25, 0.05, metric="test_loss"),
            "test_loss: wide is better than small by 0.2500 (lower is better; 95 % interval 0.2000 to 0.3000 by training; "
            "p = 0.012; 5 seeds)",
        ),
        (
            pair("b", -0.02, 0.01, p_adjusted=None, decided_at=3),
            "test_accuracy: wide is better than small by 2.0 points (95 % interval 1.0 to 3.0 by training; 5 seeds; "
            "decided by the look at 3)",
        ),
        (
            pair("a", -12.5, 2.5, metric="test_mean_squared_error"),
            "test_mean_squared_error: small is better than wide by 12.5000 (lower is better; 95 % interval 10.0000 to 15.0000 by "
            "training; p = 0.012; 5 seeds)",
        ),
        (
            pair("undecided", -0.02, 0.03, needed_seeds=1234, needed_samples=9000),
            "test_accuracy: small and wide are not distinguishable with 5 seeds (wide is higher by 2.0 points on average; "
            "95 % interval -1.0 to 5.0 by training; p = 0.012); about 1,234 would be needed to see a difference of 0.5 points",
        ),
        (
            pair("undecided", -0.02, 0.03, needed_samples=9000),
            "test_accuracy: small and wide are not distinguishable with 5 seeds (wide is higher by 2.0 points on average; "
            "95 % interval -1.0 to 5.0 by training; p = 0.012); no number of seeds shows a difference of 0.5 points with these "
            "test samples, about 9,000 could",
        ),
        (
            pair("undecided", 0.1, 0.2, metric="test_loss", needed_seeds=9),
            "test_loss: small and wide are not distinguishable with 5 seeds (small is higher by 0.1000 on average; "
            "95 % interval -0.1000 to 0.3000 by training; p = 0.012); about 9 would be needed to see a difference of 0.0700",
        ),
        (
            pair("undecided", 0.0, 0.01),
            "test_accuracy: small and wide are not distinguishable with 5 seeds (they are equal on average; "
            "95 % interval -1.00 to 1.00 by training; p = 0.012)",
        ),
        (
            pair("undecided", 0.1, 0.2, metric="test_loss", primary=False, p_adjusted=None),
            "test_loss, described only: small is higher by 0.1000 on average (95 % interval -0.1000 to 0.3000 by training; "
            "p = 0.001; 5 seeds)",
        ),
        (
            pair("undecided", 0.0, 0.2, metric="test_loss", primary=False, p_adjusted=None),
            "test_loss, described only: small and wide: both are equal on average (95 % interval -0.2000 to 0.2000 by training; "
            "p = 0.001; 5 seeds)",
        ),
        (
            pair("undecided", NAN, None),
            "test_accuracy: small and wide cannot be compared; a value is not a number",
        ),
    ],
)
def test_a_difference_reads_forwards(compared: Pair, words: str) -> None:
    assert sentence(compared, 5) == words


def test_crossed_seeds_are_trials() -> None:
    assert "with 20 trials (" in sentence(pair("undecided", 0.1, 0.2), 20, crossed=True)


def test_one_seed_says_nothing_about_chance() -> None:
    assert sentence(pair("undecided", -0.393, None), 1) == (
        "test_accuracy: small and wide are not distinguishable with 1 seed (wide is higher by 39.3 points on average); "
        "one seed says nothing about chance"
    )


def variant(name: str, **more: Any) -> VariantFigures:
    one = Spread(0.5, 0.4, 0.6, (0.5,))
    metrics = {"test_accuracy": one, "test_loss": one}
    figures = VariantFigures(
        name, "x.yaml", 1234567, 12345678, 4096, 512, {"epochs": 5}, metrics, one, one, one, Curves("test", {}),
        with_samples={"test_accuracy": Interval(0.5, 0.35, 0.66)},
        latency=(Timing(1, 0.28, 0.3, 0.41, 0.9), Timing(128, 2.0, 3.0, 4.0, 1.1)),
    )  # fmt: skip
    return replace(figures, **more)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_whole_comparison_fits(width: int) -> None:
    variants = (variant("conv2d"), variant("conv2d@vars.width=8@train.epochs=10"))
    comparison = Comparison("digits", (0, 1), variants, (pair("b", -0.3, 0.1),))
    shown = [*lines(comparison, width, plain)]
    assert max(map(len, shown)) <= width
    assert sum(line.count("0.50 ± 0.10") for line in shown) == 2, "figures are never broken"
    assert sum(line.count("0.5000 ± 0.1000 / 0.1550") for line in shown) == 2
    assert sum(line.count("0.30 (0.28 to 0.41)") for line in shown) == 2


@pytest.mark.parametrize(
    ("interval", "with_samples", "words"),
    [
        ((0.9731, 0.9689, 0.9773), None, "0.9731 ± 0.0042"),
        ((0.9731, 0.9689, 0.9773), (0.9731, 0.9641, 0.9821), "0.9731 ± 0.0042 / 0.0090"),
        ((0.9974, 0.99, 0.9993), None, "0.9974 (0.9900 to 0.9993)"),
        ((0.9974, 0.9964, 0.9984), (0.9974, 0.98, 0.9996), "0.9974 ± 0.0010 / (0.9800 to 0.9996)"),
        ((0.9, None, None), None, "0.9000"),
    ],
)
def test_an_interval_is_shown_by_its_half_or_by_its_ends(interval: Any, with_samples: Any, words: str) -> None:
    assert both(Spread(*interval, ()), None if with_samples is None else Interval(*with_samples)) == words


def told(pairs: tuple[Pair, ...] = (), variants: tuple[VariantFigures, ...] | None = None, **more: Any) -> list[str]:
    """The notes of a comparison."""
    return notes(Comparison("digits", (0, 1), variants or (variant("a"), variant("b")), pairs or (pair("b", -0.3, 0.1),), **more))


def test_the_sources_of_chance_are_told() -> None:
    both = pair("b", -0.3, 0.1, with_samples=Interval(-0.3, -0.5, -0.1))
    assert told((both,), test_samples=1234)[0] == (
        "2 seeds on digits with 1,234 test samples; ± is half a 95 % interval: of chance in training / in training and test "
        "samples; verdicts go by the second"
    )
    assert told()[:2] == [
        "2 seeds on digits; ± is half a 95 % interval: of chance in training",
        "test_accuracy: what each test sample adds is not known, and their chance not allowed for",
    ]
    assert told((both,), orders=(0, 1, 2))[0].startswith("2 seeds of the weights, each with 3 of the order on digits;")
    loss = pair("undecided", 0.1, 0.2, metric="test_loss", primary=False)
    assert "verdicts go by test_accuracy alone, the metric that decides; of test_loss there is a description only" in told(
        (both, loss)
    )


def test_looks_are_told() -> None:
    one = pair("b", -0.3, 0.1, looks=(5, 10))
    assert any("corrected for looks at 5 and 10 trials, which share one error rate of 5 %" in line for line in told((one,)))
    planned = told((one._replace(looks=(5,)),), plan=20)
    assert any("corrected for looks at 5 trials of a plan that ends at 20, which share" in line for line in planned)
    assert not any("looks" in line for line in told((one._replace(looks=(5,)),)))


def test_what_a_call_takes_by_itself_is_told() -> None:
    assert (
        "ms is one call of the model, its quartiles in brackets, without the 0.90 to 1.10 ms that a model without layers takes"
        in told()
    )


@pytest.mark.parametrize(("busy", "words"), [(None, False), (0.1, False), (0.374, True)])
def test_a_busy_machine_is_told(busy: float | None, words: bool) -> None:
    lines = told(variants=(variant("a", busy=busy), variant("b")))
    warning = (
        "warning: other programs took up to 37 % of the processors during the trials of a, whose seconds and ms are too long"
    )
    assert (warning in lines) == words
    assert any("warning" in line for line in lines) == words


def test_trials_that_did_not_arrive_are_told() -> None:
    three = Spread(3.0, 2.0, 4.0, (3.0,))
    target = TimeToTarget("accuracy", 0.95, 4, 5, three, three, (5.0, 1.3))
    variants = (variant("a", to_target=target), variant("b", to_target=target._replace(reached=0, epochs=None, seconds=None)))
    comparison = Comparison("digits", (0, 1), variants, (pair("b", -0.3, 0.1),))
    table = [dict(zip(heads(comparison), row, strict=True)) for row in cells(comparison)]
    assert [(row["epochs to 0.95"], row["s to 0.95"]) for row in table] == [
        ("3.0 ± 1.0 (4 of 5)", "3.00 ± 1.00"),
        ("never", "never"),
    ]
    assert any(
        "one that did not counts with 5 epochs and 1.30 s, up to which all are known" in line for line in notes(comparison)
    )


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
    result = JudgedClaims("x", (Judgement(Claim(1, "so", "not so", (hypothesis,)), "CONFIRMED", (judged,), (0, 1)),))
    assert f"   CONFIRMED  it is more accurate: {words}" in claims.lines(result, 200)
    assert {"   refuted if not so", "   learnt from data, with 2 seeds:"} < set(claims.lines(result, 200))
    assert max(map(len, claims.lines(result, 80))) <= 80
