"""Intervals, paired tests and their power, by tables and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from layerctl.runtime.study.statistics import holm, needed_pairs, paired_p, power, spread

LEVEL = 0.05


def test_spread_is_students_interval() -> None:
    figure = spread([1.0, 2.0, 3.0, 4.0])
    assert figure.mean == 2.5
    assert figure.low is not None
    assert figure.high is not None
    assert figure.high - figure.mean == pytest.approx(3.18244630528 * 1.29099444874 / 2)
    assert figure.mean - figure.low == pytest.approx(figure.high - figure.mean)
    assert figure.values == (1.0, 2.0, 3.0, 4.0)
    assert spread([1.0]) == (1.0, None, None, (1.0,))


def test_an_interval_may_have_another_confidence() -> None:
    values = [1.0, 2.0]
    assert spread(values, 0.5).high == pytest.approx(1.5 + 0.5 * 1.0, abs=1e-9), "Student's t of 1 degree has its quartile at 1"
    assert spread(values).high == pytest.approx(1.5 + 0.5 * 12.7062047362, abs=1e-9), "95 % by default"


def test_values_that_are_no_numbers_have_no_interval() -> None:
    figure = spread([1.0, float("inf"), 2.0])
    assert (figure.mean, figure.low, figure.high) == (float("inf"), None, None)
    assert spread(np.array([1, 2], np.int64)).values == (1.0, 2.0)


def test_paired_p_values() -> None:
    a, b = [30.02, 29.99, 30.11, 29.97, 30.01, 29.99], [29.89, 29.93, 29.72, 29.98, 30.02, 29.98]
    difference = np.subtract(a, b)
    t = difference.mean() / (difference.std(ddof=1) / np.sqrt(6))
    assert paired_p(a, b) == pytest.approx(2 * stats.t.sf(abs(t), 5))
    assert paired_p([1.0], [2.0]) is None
    assert paired_p([1.0, 2.0], [1.0, 2.0]) == 1.0
    assert paired_p([1.0, 2.0], [2.0, 3.0]) is None
    assert paired_p([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]) == 0.0
    assert paired_p([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) == 1.0
    assert paired_p([1.0, float("nan")], [2.0, 3.0]) is None
    assert paired_p([1.0, 2.0, 3.0], [2.0, 3.0, float("inf")]) is None
    assert paired_p([1.0, 2.0], [1.5, 2.0]) == pytest.approx(stats.ttest_1samp([-0.5, 0.0], 0).pvalue)


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.2, None, 0.9]) == [0.4, None, 0.9]
    assert holm([0.9, 0.6]) == [1.0, 1.0], "no chance is larger than 1"
    assert holm([0.01, 0.011, 0.5]) == pytest.approx([0.03, 0.03, 0.5]), "what ranks behind is never smaller"
    assert holm([None]) == [None]
    assert holm([]) == []
    assert holm([0.03]) == [0.03]


def test_power_is_as_in_tables() -> None:
    assert [power(pairs, np.array([effect]), LEVEL) for pairs, effect in ((34, 0.5), (10, 1.0), (199, 0.2))] == pytest.approx(
        [0.808, 0.803, 0.802], abs=0.005
    )


@pytest.mark.parametrize(("pairs", "effect"), [(4096, 0.5), (1_000_000, 0.05), (100, 3.0)])
def test_power_has_a_value_where_the_library_has_none(pairs: int, effect: float) -> None:
    assert power(pairs, np.array([effect]), LEVEL) == pytest.approx(1)


def test_needed_pairs_come_near_the_table_where_the_spread_is_known() -> None:
    differences = np.resize([1.0, -1.0], 10_000)
    assert [needed_pairs(differences, effect, LEVEL) for effect in (0.2, 0.5, 1.0)] == [199, 34, 10]


def test_needed_pairs_are_the_fewest_that_do() -> None:
    """The chance with so many is 80 % at least, and with one fewer it is not: in the mean over what 50 spreads leave open."""
    for differences, size, level in (
        ([0.1, 0.3, 0.2, 0.25], 0.1, 0.05),
        ([0.01, -0.02, 0.03], 0.005, 0.01),
        ([0.1, 0.3], 9.0, 0.05),
        ([0.1, 0.2, 0.4], 0.01, 0.05),
    ):
        needed = needed_pairs(differences, size, level)
        assert type(needed) is int
        freedom = len(differences) - 1
        spreads = [np.std(differences, ddof=1) * np.sqrt(freedom / stats.chi2.ppf((n + 0.5) / 50, freedom)) for n in range(50)]
        effects = size / np.array(spreads)
        assert power(needed, effects, level) >= 0.8
        assert needed == 2 or power(needed - 1, effects, level) < 0.8


def test_more_pairs_are_needed_for_less() -> None:
    differences = [0.1, 0.3, 0.2, 0.25, 0.15]
    few, many = needed_pairs(differences, 0.1, LEVEL), needed_pairs(differences, 0.01, LEVEL)
    strict = needed_pairs(differences, 0.1, LEVEL / 6)
    assert few is not None
    assert many is not None
    assert strict is not None
    assert few < strict < many


def test_at_most_a_million_pairs_are_needed() -> None:
    differences = np.resize([1.0, -1.0], 10_000)
    assert needed_pairs(differences, 0.0040, LEVEL) == pytest.approx(490_000, rel=0.01)
    assert needed_pairs(differences, 0.0029, LEVEL) == pytest.approx(933_000, rel=0.01)
    assert needed_pairs(differences, 0.0027, LEVEL) is None


def test_the_chance_to_find_a_difference_counts_both_sides() -> None:
    """Where there is none, a test calls one in as many cases as its level says, on either side."""
    assert power(10, np.array([0.0]), 0.05) == pytest.approx(0.05)
    assert power(10, np.array([0.0, 0.0]), 0.2) == pytest.approx(0.2)
    assert power(10, np.array([1.0, 0.0]), 0.05) == pytest.approx((0.803 + 0.05) / 2, abs=0.001)
    assert power(10, np.array([-1.0]), 0.05) == pytest.approx(power(10, np.array([1.0]), 0.05))


def test_needed_pairs_of_what_says_nothing() -> None:
    assert needed_pairs([0.1, 0.2, 0.3], 0.0, LEVEL) is None
    assert needed_pairs([0.1, 0.2, 0.3], -0.1, LEVEL) is None
    assert needed_pairs([0.0, 0.0], 0.005, LEVEL) is None
    assert needed_pairs([0.1], 0.005, LEVEL) is None
    assert needed_pairs([0.1, float("nan")], 0.005, LEVEL) is None
    assert needed_pairs([-1.0, 1.0], 1e-6, LEVEL) is None


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [5, 10])
def test_with_the_recommended_seeds_four_of_five_differences_are_found(seeds: int) -> None:
    """Comparisons of two variants that differ by half the spread: with few seeds, then with as many as those recommend."""
    random = np.random.default_rng(seeds)
    shares = []
    for _ in range(300):
        needed = needed_pairs(random.standard_normal(seeds) + 0.5, 0.5, LEVEL)
        assert needed is not None
        differences = random.standard_normal((10, needed)) + 0.5
        shares.append((stats.ttest_1samp(differences, 0, axis=1).pvalue < LEVEL).mean())
    assert 0.77 < np.mean(shares) < 0.87


@pytest.mark.slow
def test_no_difference_is_found_in_one_case_of_twenty() -> None:
    random = np.random.default_rng(0)
    pairs = [random.standard_normal((2, 5)) for _ in range(2000)]
    assert 0.035 < np.mean([(paired_p(a, b) or 0) < LEVEL for a, b in pairs]) < 0.065


@pytest.mark.slow
def test_of_many_comparisons_none_is_wrong_in_nineteen_cases_of_twenty() -> None:
    """Among four equal variants, so six pairs, the chance that one pair is called different."""
    random = np.random.default_rng(1)
    wrong = 0
    for _ in range(500):
        values = random.standard_normal((4, 5))
        adjusted = holm([paired_p(values[i], values[j]) for i in range(4) for j in range(i)])
        wrong += any(p is not None and p < LEVEL for p in adjusted)
    assert wrong / 500 < 0.07
