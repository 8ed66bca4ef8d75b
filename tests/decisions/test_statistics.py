"""Intervals, p-values and variance components, by tables and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from layerctl.runtime.study.statistics import (
    DIFFERENCE,
    SHARE,
    Array,
    Estimate,
    _ends_of_share,
    components,
    correlation,
    estimate,
    spread,
)

LEVEL = 0.05
ONE = [30.02, 29.99, 30.11, 29.97, 30.01, 29.99]
OTHER = [29.89, 29.93, 29.72, 29.98, 30.02, 29.98]


def found(values: object, **more: object) -> Estimate:
    one = estimate(np.asarray(values, dtype=float), **more)  # type: ignore[arg-type]
    assert one is not None
    return one


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


def test_p_values_of_pairs_are_students() -> None:
    difference = np.subtract(ONE, OTHER)
    assert found(difference).p_value() == pytest.approx(stats.ttest_rel(ONE, OTHER).pvalue, rel=1e-9)
    assert found([-0.5, 0.0]).p_value() == pytest.approx(stats.ttest_1samp([-0.5, 0.0], 0).pvalue, rel=1e-9)
    assert found([1e-30, 1.0, -1.0]).p_value() == pytest.approx(1.0)
    tiny = 1.0 + 1e-6 * np.arange(30)
    assert found(tiny).p_value() == pytest.approx(stats.ttest_1samp(tiny, 0).pvalue, rel=1e-6)


@pytest.mark.parametrize("values", [[1.0], [], [1.0, float("nan")], [1.0, float("inf"), 2.0], [[1.0, 2.0]], [[1.0], [2.0]]])
def test_what_has_no_estimate(values: list[float]) -> None:
    assert estimate(np.asarray(values, dtype=float)) is None


@pytest.mark.parametrize(("count", "least"), [(2, 0.5), (3, 0.25), (5, 0.0625), (10, 2.0**-9)])
@pytest.mark.parametrize("value", [0.3, -2.0, 1e-12])
def test_equal_differences_say_what_their_signs_say(count: int, least: float, value: float) -> None:
    assert found([value] * count).p_value() == least
    wobbling = value * (1 + 1e-13 * np.arange(count))
    assert found(wobbling).p_value() == pytest.approx(least), "rounding is no chance"
    assert found([0.0] * count).p_value() == 1.0


def test_no_p_value_is_0() -> None:
    assert found([1.0, 1.0 + 1e-6] * 30).p_value() == 1e-100
    assert found(np.outer(np.ones(400), np.ones(3)), samples=3).p_value() == 1e-100


def test_differences_that_nearly_are_the_same_are_not_the_same() -> None:
    assert found([1.0, 1.0 + 1e-8, 1.0]).repeated == 0
    assert found([1.0, 1.0 + 1e-10, 1.0]).repeated == 3
    assert found([1.0, 1.0, 1.0, 1.0]).repeated == 4


def test_equal_differences_on_equal_samples_are_no_proof() -> None:
    """Right on ten of ten samples, with three seeds, against wrong on all: certain by the figures, and not certain."""
    one = found(np.ones((3, 10)), bounds=DIFFERENCE, samples=10)
    assert one.p_value() == 0.25
    mean, low, high = one.interval()
    assert (mean, high) == (1.0, 1.0)
    assert low == pytest.approx(1 - stats.t.ppf(0.975, 9) * np.sqrt(1 / 36))
    many = found(np.ones((20, 10)), bounds=DIFFERENCE, samples=10)
    assert 1e-5 < many.p_value() < 1e-3, "the samples set a floor, however many seeds there are"


def test_only_what_is_right_or_wrong_has_that_floor() -> None:
    """Groups of samples that are all 0.9 are as they are: one more group of none or all would be far off."""
    assert found(np.full((5, 20), 0.9), bounds=SHARE, samples=2000).variance < 1e-30
    assert found(np.full((5, 20), 1.0), bounds=SHARE, samples=2000).variance > 1e-3
    assert found(np.full((5, 20), -1.0), bounds=DIFFERENCE, samples=2000).variance > 1e-3
    assert found(np.full((5, 20), 1.0), samples=2000).variance == 0
    assert found([0.0, 1.0, 1.0], bounds=SHARE).variance == pytest.approx(1 / 9), "seeds are no samples"
    right = (np.arange(200) % 2).astype(float)
    assert found(np.stack([right, right]), bounds=SHARE, samples=200).variance == pytest.approx(0.25 / 200, rel=0.02)


def test_components_are_the_mean_squares() -> None:
    """A two-way table without repetition, as in textbooks: SS 7, 26 and 3 by rows, columns and what is left of them."""
    table = np.array([[4.0, 7.0, 9.0], [6.0, 9.0, 7.0], [8.0, 11.0, 12.0]])
    grand = table.mean()
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    left = table - rows[:, None] - columns + grand
    expected = {
        (0,): 3 * ((rows - grand) ** 2).sum() / 2 / 9,
        (1,): 3 * ((columns - grand) ** 2).sum() / 2 / 9,
        (0, 1): (left**2).sum() / 4 / 9,
    }
    assert components(table) == pytest.approx(expected)
    assert components(table[0]) == pytest.approx({(0,): table[0].var(ddof=1) / 3})


def crossed(random: np.random.Generator, seeds: int, samples: int, scatter: tuple[float, float, float]) -> Array:
    """Values with a true mean of 0: effects of the seeds, of the samples, and of both together."""
    rows, columns, cells = (
        size * random.standard_normal(shape)
        for size, shape in zip(scatter, ((seeds, 1), (1, samples), (seeds, samples)), strict=True)
    )
    return np.asarray(rows + columns + cells)


@pytest.mark.parametrize("scatter", [(1.0, 1.0, 1.0), (0.3, 2.0, 1.0), (1.0, 0.0, 0.5)])
def test_the_variance_is_that_of_crossed_effects(scatter: tuple[float, float, float]) -> None:
    random = np.random.default_rng(0)
    seeds, samples = 8, 40
    true = scatter[0] ** 2 / seeds + scatter[1] ** 2 / samples + scatter[2] ** 2 / (seeds * samples)
    variances = [found(crossed(random, seeds, samples, scatter), samples=samples).variance for _ in range(400)]
    assert np.mean(variances) == pytest.approx(true, rel=0.06)


def bootstrap(values: Array, random: np.random.Generator, draws: int) -> float:
    """The variance of the mean by weights of seeds and of samples that are multiplied: Owen and Eckles (2012)."""
    seeds, samples = values.shape
    rows = random.multinomial(seeds, np.full(seeds, 1 / seeds), draws) / seeds
    columns = random.multinomial(samples, np.full(samples, 1 / samples), draws) / samples
    return float(np.einsum("ds,sn,dn->d", rows, values, columns, optimize=True).var())


@pytest.mark.parametrize("scatter", [(1.0, 1.0, 0.5), (0.5, 3.0, 1.0), (1.0, 0.0, 0.0)])
def test_the_variance_is_that_of_a_two_way_bootstrap(scatter: tuple[float, float, float]) -> None:
    """The bootstrap counts what seeds and samples do together three times: 1 + 1 + 1 instead of 1 (Owen and Eckles 2012)."""
    random = np.random.default_rng(1)
    values = crossed(random, 30, 200, scatter)
    one, parts = found(values, samples=values.shape[-1]), components(values)
    by_bootstrap = parts[0,] * 29 / 30 + parts[1,] * 199 / 200 + parts[0, 1] * 29 * 199 / 6000
    assert bootstrap(values, random, 20_000) == pytest.approx(by_bootstrap, rel=0.05)
    assert one.variance == pytest.approx(parts[0,] + parts[1,] - parts[0, 1])
    assert one.variance <= by_bootstrap * 1.04


def test_no_source_alone_is_more_than_all() -> None:
    """Without effects of seeds or samples their mean squares are chance: the variance stays above either."""
    random = np.random.default_rng(2)
    for _ in range(50):
        values = crossed(random, 3, 5, (0.0, 0.0, 1.0))
        one, parts = found(values, samples=values.shape[-1]), components(values)
        assert one.variance >= max(parts[0,], parts[1,]) * (1 - 1e-12)
        assert all(part.variance >= 0 for part in one.parts)
        for level in (0.5, 0.05, 0.001):
            assert one.half(level) >= found(values.mean(axis=1)).half(level) * (1 - 1e-12)
            assert one.half(level) >= found(values.mean(axis=0)).half(level) * (1 - 1e-12)


def test_each_source_has_its_own_degrees_of_freedom() -> None:
    values = crossed(np.random.default_rng(3), 4, 50, (1.0, 1.0, 0.2))
    one, parts = found(values, samples=values.shape[-1]), components(values)
    seeds, samples = stats.t.ppf(0.975, 3) ** 2, stats.t.ppf(0.975, 49) ** 2
    expected = np.sqrt(seeds * parts[0,] + samples * (parts[1,] - parts[0, 1]))
    assert one.half(0.05) == pytest.approx(expected)
    _, low, high = one.interval()
    assert (low, high) == pytest.approx((values.mean() - expected, values.mean() + expected))
    assert one.half(one.p_value()) == pytest.approx(abs(one.mean))


def test_seeds_of_two_kinds_are_crossed_too() -> None:
    """Of 6 seeds of the weights and 5 of the order: each has its effect, and both together with every sample."""
    random = np.random.default_rng(4)
    variances = []
    for _ in range(300):
        values = random.standard_normal((6, 1, 1)) + 2 * random.standard_normal((1, 5, 1)) + random.standard_normal((6, 5, 1))
        values = values + 3 * random.standard_normal((1, 1, 20)) + random.standard_normal((6, 5, 20))
        one = found(values, samples=values.shape[-1])
        assert len(one.parts) == 3
        assert [part.freedom for part in one.parts] == [5, 4, 19]
        assert one.samples == 20
        variances.append(one.variance)
    assert np.mean(variances) == pytest.approx(1 / 6 + 4 / 5 + 1 / 30 + 9 / 20 + 1 / 600, rel=0.08)
    assert found(random.standard_normal((6, 5))).samples == 0


@pytest.mark.parametrize("values", [[0.9974, 0.99, 1.0, 0.998, 0.9999], [1.0, 0.9], [0.0, 0.001, 0.0], [0.5, 0.0, 1.0]])
def test_the_interval_of_a_share_stays_within_0_and_1(values: list[float]) -> None:
    mean, low, high, _ = spread(values, share=True)
    assert low is not None
    assert high is not None
    assert 0 <= low < mean < high <= 1
    array = np.asarray(values)
    samples = (array[:, None] > np.linspace(0.01, 0.99, 50)).astype(float)
    _, low, high = found(samples, bounds=SHARE, samples=50).interval()
    assert low is not None
    assert high is not None
    assert 0 <= low <= samples.mean() <= high <= 1
    assert low < high


def test_the_interval_of_a_share_is_wilsons() -> None:
    """Where the half width is that of n samples, it is the interval of Wilson (1927) for n samples; the table's 0.9 of 100."""
    array = np.array([0.88, 0.92, 0.9, 0.87, 0.93])
    _, low, high, _ = spread(list(array), share=True)
    half = stats.t.ppf(0.975, 4) * array.std(ddof=1) / np.sqrt(5)
    ratio = half**2 / (0.9 * 0.1)
    middle, reach = (0.9 + ratio / 2) / (1 + ratio), np.sqrt(ratio * 0.09 + ratio**2 / 4) / (1 + ratio)
    assert (low, high) == pytest.approx((middle - reach, middle + reach))
    assert spread([1.0, 1.0, 1.0], share=True)[:3] == (1.0, 1.0, 1.0)
    assert spread([0.0, 0.0], share=True)[:3] == (0.0, 0.0, 0.0)


def test_all_right_is_not_certain_to_stay_right() -> None:
    """Of 30 samples all right, about 3/30 may be wrong: the rule of three, by a half more careful."""
    _, low, high = found(np.ones((5, 30)), bounds=SHARE, samples=30).interval()
    assert high == 1.0
    assert low is not None
    assert 0.80 < low < 0.92
    _, low, high = found(np.zeros((5, 30)), bounds=SHARE, samples=30).interval()
    assert low == 0.0
    assert high is not None
    assert 0.08 < high < 0.20


def test_differences_of_shares_stay_within_their_bounds() -> None:
    one = found([0.9, -0.9, 0.5], bounds=DIFFERENCE)
    assert one.interval()[1:] == (-1.0, 1.0)
    unbounded = found([0.9, -0.9, 0.5]).interval()
    assert unbounded.high is not None
    assert unbounded.high > 1


def test_the_correlation_of_pairs() -> None:
    assert correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1.0)
    assert correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1.0)
    assert correlation(ONE, OTHER) == pytest.approx(stats.pearsonr(ONE, OTHER).statistic)
    assert correlation([1, 2], [1, 2]) is None
    assert correlation([1, 2, 3], [1, 1, 1]) is None
    assert correlation([1, 1, 1], [1, 2, 3]) is None
    assert correlation([1, 2, float("nan")], [1, 2, 3]) is None


def test_no_difference_is_found_in_one_case_of_twenty() -> None:
    random = np.random.default_rng(0)
    assert 0.035 < np.mean([found(random.standard_normal(5)).p_value() < LEVEL for _ in range(2000)]) < 0.065


@pytest.mark.parametrize(("seeds", "samples", "scatter"), [(3, 10, (0, 1, 1)), (5, 50, (1, 5, 1)), (3, 200, (1, 1, 5))])
def test_no_difference_is_found_in_one_case_of_twenty_by_both(seeds: int, samples: int, scatter: tuple[float, ...]) -> None:
    random = np.random.default_rng(0)
    wrong = [
        found(crossed(random, seeds, samples, scatter), samples=samples).p_value() < LEVEL  # type: ignore[arg-type]
        for _ in range(1000)
    ]
    assert np.mean(wrong) < 0.065


def test_the_floor_is_that_of_the_samples_if_several_sources_are_crossed() -> None:
    """All values are 0: what is left is the variance of four samples, with one at either end of what they could be."""
    found = estimate(np.zeros((2, 3, 4)), bounds=DIFFERENCE, samples=4)
    assert found is not None
    means = np.array([0, 0, 0, 0, -1, 1], float)
    assert found.variance == pytest.approx(means.var(ddof=1) / 6)


@pytest.mark.parametrize(
    ("mean", "half", "samples", "low", "high"),
    [
        (0.5, 0.1, 0, 0.40194, 0.59806),
        (0.5, 0.1, 10, 0.40194, 0.59806),
        (0.5, 1.0, 0, 0.05279, 0.94721),
        (1.0, 0.1, 10, 0.88424, 1.0),
        (0.0, 0.1, 10, 0.0, 0.11576),
        (1.0, 0.1, 0, 1.0, 1.0),
        (0.0, 0.1, 0, 0.0, 0.0),
        (0.5, 0.0, 10, 0.5, 0.5),
    ],
)
def test_the_interval_of_a_share_is_that_of_wilson(mean: float, half: float, samples: int, low: float, high: float) -> None:
    """With one sample more on either side, if all are alike."""
    assert _ends_of_share(mean, half, samples) == pytest.approx((low, high), abs=1e-5)
