"""What looks spend of 5 %, by published tables and by simulation; corrections for several pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from layerctl.runtime.study.spending import Look, corrected, increments, last_level, next_level, spent

LEVEL = 0.05
LOOKS = [Look(5), Look(10), Look(20)]


def planned(*trials: int) -> list[Look]:
    return [Look(number, trials[-1]) for number in trials]


@pytest.mark.parametrize(
    ("looks", "boundary"),
    [
        (planned(1, 2, 3, 4, 5), [4.877, 3.357, 2.680, 2.290, 2.031]),
        (planned(1, 2), [2.963, 1.969]),
        (planned(1, 2, 3, 4), [4.333, 2.963, 2.359, 2.014]),
        (planned(1), [1.960]),
    ],
)
def test_boundaries_are_those_of_lan_and_demets(looks: list[Look], boundary: list[float]) -> None:
    """As in the tables of Reboussin, DeMets, Kim and Lan (2000), and of others."""
    found = [stats.norm.isf(last_level(looks[: count + 1], LEVEL) / 2) for count in range(len(looks))]
    assert found == pytest.approx(boundary, abs=0.0015)


def test_a_plan_spends_little_early_and_all_of_it() -> None:
    assert spent(1.0, LEVEL) == pytest.approx(LEVEL)
    assert spent(1.7, LEVEL) == pytest.approx(LEVEL)
    assert spent(0.5, LEVEL) == pytest.approx(0.00305, abs=1e-5)
    assert spent(0.25, LEVEL) < 2e-5
    assert increments(planned(5, 10, 20), LEVEL) == pytest.approx([1.5e-5, 0.00304, 0.04695], abs=2e-5)


def test_without_a_plan_the_first_look_takes_four_fifths_and_each_further_half_of_what_is_left() -> None:
    assert increments(LOOKS, LEVEL) == pytest.approx([0.04, 0.005, 0.0025])
    assert increments(LOOKS, 0.01) == pytest.approx([0.008, 0.001, 0.0005])
    assert last_level(LOOKS[:1], LEVEL) == pytest.approx(0.04)
    assert last_level([Look(5, 5)], LEVEL) == pytest.approx(0.05), "a plan of one look"


def test_what_is_spent_is_spent() -> None:
    assert increments([Look(5, 5), Look(10), Look(20, 20)], LEVEL) == pytest.approx([0.05, 0, 0])
    assert last_level([Look(5, 5), Look(10)], LEVEL) == 0.0
    assert increments([Look(5), Look(10, 20), Look(20, 20)], LEVEL) == pytest.approx([0.04, 0.0, 0.01])
    assert last_level([Look(5), Look(10, 20)], LEVEL) == 0.0, "the plan would have spent less by now"
    assert last_level([Look(5), Look(10, 20), Look(20, 20)], LEVEL) > 0.01
    many = [Look(number) for number in range(5, 40)]
    assert sum(increments(many, LEVEL)) < LEVEL


def test_a_look_back_has_what_it_spends_itself() -> None:
    assert last_level([Look(10), Look(5)], LEVEL) == pytest.approx(0.005)
    assert last_level([Look(10), Look(10)], LEVEL) == pytest.approx(0.005), "by another metric, for example"
    ahead = last_level([Look(10), Look(5), Look(20)], LEVEL)
    assert 0.0025 < ahead < last_level([Look(10), Look(20)], LEVEL)


def test_the_next_look() -> None:
    assert next_level([Look(5)], LEVEL) == last_level([Look(5), Look(20)], LEVEL)
    assert next_level([Look(9), Look(5)], LEVEL) == last_level([Look(9), Look(5), Look(36)], LEVEL)
    assert next_level(planned(5, 10, 20)[:2], LEVEL) == last_level([Look(5, 20), Look(10, 20), Look(20, 20)], LEVEL)
    assert next_level([Look(20, 20)], LEVEL) == 0.0


def simulated(looks: Sequence[Look], draws: int) -> float:
    """How often equal variants are told apart at any look, by their mean in standard errors."""
    random = np.random.default_rng(0)
    sums = np.cumsum(random.standard_normal((draws, looks[-1].trials)), axis=1)
    wrong = np.zeros(draws, bool)
    for count, look in enumerate(looks, 1):
        p = 2 * stats.norm.sf(np.abs(sums[:, look.trials - 1]) / np.sqrt(look.trials))
        wrong |= p < last_level(looks[:count], LEVEL)
    return float(wrong.mean())


@pytest.mark.parametrize("looks", [LOOKS, planned(5, 10, 20), planned(5, 10, 15, 20), [Look(n) for n in range(3, 20)]])
def test_all_looks_together_are_wrong_in_one_case_of_twenty_at_most(looks: list[Look]) -> None:
    assert simulated(looks, 20_000) < LEVEL + 0.004
    assert simulated(looks, 20_000) == pytest.approx(sum(increments(looks, LEVEL)), abs=0.004), "and no more careful than that"


def holm(*p_values: float | None) -> list[float | None]:
    named = {str(number): p for number, p in enumerate(p_values)}
    return list(corrected(named, lambda name, level: level).values())


def test_one_look_at_several_pairs_is_corrected_after_holm() -> None:
    assert holm(0.01, 0.04, 0.03, 0.005) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(0.2, None, 0.9) == [pytest.approx(0.4), None, pytest.approx(0.9)]
    assert holm(0.9, 0.6) == pytest.approx([1.0, 1.0]), "no chance is larger than 1"
    assert holm(0.01, 0.011, 0.5) == pytest.approx([0.03, 0.03, 0.5]), "what ranks behind is never smaller"
    assert holm(None) == [None]
    assert holm() == []
    assert holm(0.03) == pytest.approx([0.03])


def test_a_corrected_p_value_decides_below_5_percent() -> None:
    """Where a look may spend 1 % alone, 0.009 is below it and 0.011 is not."""
    for p, decides in ((0.009, True), (0.011, False)):
        found = corrected({"pair": p}, lambda name, level: level / 5)["pair"]
        assert found == pytest.approx(5 * p)
        assert (found is not None and found < LEVEL) == decides
    assert corrected({"pair": 1e-9}, lambda name, level: 0.0) == {"pair": 1.0}, "nothing is left"


def test_each_pair_has_its_own_looks() -> None:
    levels = {"new": 1.0, "old": 0.1}
    found = corrected({"new": 0.02, "old": 0.001}, lambda name, level: level * levels[name])
    assert found == pytest.approx({"new": 0.02, "old": 0.02}), "the clearer one first, as one of two: 0.001 · 10 · 2"


def test_of_many_pairs_none_is_wrong_in_nineteen_cases_of_twenty() -> None:
    """Among four equal variants, so six pairs, the chance that one pair is called different."""
    random = np.random.default_rng(1)
    wrong = 0
    for _ in range(1000):
        values = random.standard_normal((4, 5))
        p_values = {(i, j): float(stats.ttest_rel(values[i], values[j]).pvalue) for i in range(4) for j in range(i)}
        adjusted = corrected(p_values, lambda pair, level: level)
        wrong += any(p is not None and p < LEVEL for p in adjusted.values())
    assert wrong / 1000 < 0.065
