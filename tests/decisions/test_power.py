"""How many seeds and test samples a difference needs, by tables and by simulation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from layerctl.runtime.study.power import needed_samples, needed_seeds, power
from layerctl.runtime.study.statistics import estimate

LEVEL = 0.05


def needed(differences: Sequence[float] | np.ndarray, size: float, level: float) -> int | None:
    return needed_seeds(estimate(np.asarray(differences, dtype=float)), size, level)


def test_power_is_as_in_tables() -> None:
    assert [
        power(pairs - 1, np.array([effect * np.sqrt(pairs)]), LEVEL) for pairs, effect in ((34, 0.5), (10, 1.0), (199, 0.2))
    ] == pytest.approx([0.808, 0.803, 0.802], abs=0.005)


@pytest.mark.parametrize(("pairs", "effect"), [(4096, 0.5), (1_000_000, 0.05), (100, 3.0)])
def test_power_has_a_value_where_the_library_has_none(pairs: int, effect: float) -> None:
    assert power(pairs - 1, np.array([effect * np.sqrt(pairs)]), LEVEL) == pytest.approx(1)


def test_needed_come_near_the_table_where_the_spread_is_known() -> None:
    differences = np.resize([1.0, -1.0], 10_000)
    assert [needed(differences, effect, LEVEL) for effect in (0.2, 0.5, 1.0)] == [199, 34, 10]


@pytest.mark.parametrize("effect", [1.5, 2.0, 3.0])
def test_few_seeds_are_counted_to_the_seed(effect: float) -> None:
    def chance(count: int) -> float:
        limit, shift = stats.t.ppf(0.975, count - 1), effect * np.sqrt(count)
        return float(stats.nct.sf(limit, count - 1, shift))

    fewest = next(count for count in range(2, 20) if chance(count) >= 0.8)
    assert needed(np.resize([1.0, -1.0], 100_000), effect, LEVEL) == fewest


def test_needed_are_the_fewest_that_do() -> None:
    """The chance with so many is 80 % at least, and with one fewer it is not: in the mean over what 50 spreads leave open."""
    for differences, size, level in (
        ([0.1, 0.3, 0.2, 0.25], 0.1, 0.05),
        ([0.01, -0.02, 0.03], 0.005, 0.01),
        ([0.1, 0.3], 9.0, 0.05),
        ([0.1, 0.2, 0.4], 0.01, 0.05),
    ):
        count = needed(differences, size, level)
        assert type(count) is int
        freedom = len(differences) - 1
        spreads = [np.std(differences, ddof=1) * np.sqrt(freedom / stats.chi2.ppf((n + 0.5) / 50, freedom)) for n in range(50)]
        effects = size / np.array(spreads)
        assert power(count - 1, effects * np.sqrt(count), level) >= 0.8
        assert count == 2 or power(count - 2, effects * np.sqrt(count - 1), level) < 0.8


def test_more_pairs_are_needed_for_less() -> None:
    differences = [0.1, 0.3, 0.2, 0.25, 0.15]
    few, many = needed(differences, 0.1, LEVEL), needed(differences, 0.01, LEVEL)
    strict = needed(differences, 0.1, LEVEL / 6)
    assert few is not None
    assert many is not None
    assert strict is not None
    assert few < strict < many


def test_at_most_a_million_pairs_are_needed() -> None:
    differences = np.resize([1.0, -1.0], 10_000)
    assert needed(differences, 0.0040, LEVEL) == pytest.approx(490_000, rel=0.01)
    assert needed(differences, 0.0029, LEVEL) == pytest.approx(933_000, rel=0.01)
    assert needed(differences, 0.0027, LEVEL) is None


def test_the_chance_to_find_a_difference_counts_both_sides() -> None:
    """Where there is none, a test calls one in as many cases as its level says, on either side."""
    assert power(9, np.array([0.0]), 0.05) == pytest.approx(0.05)
    assert power(9, np.array([0.0, 0.0]), 0.2) == pytest.approx(0.2)
    assert power(9, np.array([np.sqrt(10), 0.0]), 0.05) == pytest.approx((0.803 + 0.05) / 2, abs=0.001)
    assert power(9, np.array([-3.0]), 0.05) == pytest.approx(power(9, np.array([3.0]), 0.05))


def test_needed_of_what_says_nothing() -> None:
    assert needed([0.1, 0.2, 0.3], 0.0, LEVEL) is None
    assert needed([0.1, 0.2, 0.3], -0.1, LEVEL) is None
    assert needed([0.0, 0.0], 0.005, LEVEL) is None
    assert needed([0.1], 0.005, LEVEL) is None
    assert needed([0.1, float("nan")], 0.005, LEVEL) is None
    assert needed([-1.0, 1.0], 1e-6, LEVEL) is None


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [5, 10])
def test_with_the_recommended_seeds_four_of_five_differences_are_found(seeds: int) -> None:
    """Comparisons of two variants that differ by half the spread: with few seeds, then with as many as those recommend."""
    random = np.random.default_rng(seeds)
    shares = []
    for _ in range(300):
        count = needed(random.standard_normal(seeds) + 0.5, 0.5, LEVEL)
        assert count is not None
        differences = random.standard_normal((10, count)) + 0.5
        shares.append((stats.ttest_1samp(differences, 0, axis=1).pvalue < LEVEL).mean())
    assert 0.77 < np.mean(shares) < 0.87


def table(seeds: float, samples: float, count: int) -> np.ndarray:
    """Differences of 6 seeds and so many samples, each with an effect of this size and nothing else."""
    return seeds * np.resize([1.0, -1.0], 6)[:, None] + samples * np.resize([1.0, -1.0], count)


def test_test_samples_ask_for_more_seeds() -> None:
    alone = needed(table(1.0, 0.0, 100).mean(axis=1), 0.5, LEVEL)
    found = [needed_seeds(estimate(table(1.0, scatter, 100), samples=100), 0.5, LEVEL) for scatter in (0.0, 0.5, 1.0)]
    assert found[0] == alone
    assert alone is not None
    assert found[1] is not None
    assert found[2] is not None
    assert alone < found[1] < found[2]


def test_what_the_samples_hide_no_seeds_show() -> None:
    """The mean of 100 samples scatters by 0.1005: a difference of 0.1 is a single standard error, with any number of seeds."""
    one = estimate(table(1.0, 1.0, 100), samples=100)
    assert needed_seeds(one, 0.1, LEVEL) is None
    wanted = 100 * 0.1**2 / 0.99 / (0.1 / (stats.norm.ppf(0.975) + stats.norm.ppf(0.8))) ** 2
    assert needed_samples(one, 0.1, LEVEL) == pytest.approx(wanted, abs=1)
    assert needed_samples(one, 0.2, LEVEL) == pytest.approx(wanted / 4, abs=1)
    assert needed_samples(one, 0.1, 0.01) == pytest.approx(
        wanted * ((stats.norm.ppf(0.995) + stats.norm.ppf(0.8)) / (stats.norm.ppf(0.975) + stats.norm.ppf(0.8))) ** 2, abs=1
    )


def test_groups_of_samples_ask_for_samples() -> None:
    """A hundred groups of a thousand samples: for four times the precision, four times as many samples and not groups."""
    one, grouped = (estimate(table(1.0, 1.0, 100), samples=count) for count in (100, 1000))
    few, many = needed_samples(one, 0.3, LEVEL), needed_samples(grouped, 0.3, LEVEL)
    assert few is not None
    assert many == pytest.approx(10 * few, rel=0.02)


def test_needed_samples_of_what_says_nothing() -> None:
    one = estimate(table(1.0, 1.0, 100), samples=100)
    assert needed_samples(None, 0.1, LEVEL) is None
    assert needed_samples(one, 0.0, LEVEL) is None
    assert needed_samples(one, 0.1, 0.0) is None
    assert needed_samples(estimate(table(1.0, 1.0, 100).mean(axis=1)), 0.1, LEVEL) is None
    assert needed_samples(one, 1e-4, LEVEL) is None, "more than a million"
    assert needed_samples(one, 3e-3, LEVEL) is not None


def test_where_no_error_probability_is_left_nothing_is_found() -> None:
    assert needed([0.1, 0.3, 0.2], 0.1, 0.0) is None


def test_of_crossed_seeds_no_number_is_told() -> None:
    values = np.random.default_rng(0).standard_normal((4, 3, 50)) + 1
    whole, seeds = estimate(values, samples=50), estimate(values.mean(axis=-1))
    assert whole is not None
    assert seeds is not None
    assert needed_seeds(whole, 0.5, LEVEL) is needed_samples(whole, 0.5, LEVEL) is needed_seeds(seeds, 0.5, LEVEL) is None
    assert needed_seeds(estimate(values[:, 0], samples=50), 0.5, LEVEL) is not None
    assert needed_samples(estimate(values[:, 0], samples=50), 0.5, LEVEL) is not None
