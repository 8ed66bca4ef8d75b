"""Sets of positions held as runs, compared with plain sets."""

from __future__ import annotations

import random

import pytest

from layerctl.base.positions import Positions, span, union


def members(positions: Positions) -> set[int]:
    return {place for first, last in positions.runs for place in range(first, last + 1, positions.step or 1)}


def drawn(seed: int) -> tuple[Positions, set[int]]:
    """The same set as runs and as a plain set, after a few random operations."""
    generator = random.Random(seed)
    start = generator.randint(-5, 5)
    runs, plain = span(start, start), {start}
    for _ in range(generator.randint(0, 5)):
        number, step, by = generator.randint(1, 6), generator.randint(1, 7), generator.randint(-9, 9)
        spread = {place + turn * step for place in plain for turn in range(number)}
        match generator.randrange(3):
            case 0:
                runs, plain = runs.spread(number, step), spread
            case 1:
                runs = union([runs, runs.shifted(by).spread(number, step)])
                plain |= {place + by for place in spread}
            case _:
                size = generator.randint(1, 20)
                runs, plain = runs.clipped(size), {place for place in plain if 0 <= place < size}
    return runs, plain


@pytest.mark.parametrize("seed", range(300))
def test_runs_are_the_set_that_they_stand_for(seed: int) -> None:
    runs, plain = drawn(seed)
    assert runs.exact
    assert members(runs) == plain
    assert runs.size == len(plain)
    assert runs.extent == (max(plain) - min(plain) + 1 if plain else 0)


def test_large_sets_are_few_runs() -> None:
    far = span(0, 0).spread(1_000_000, 2)
    assert (far.runs, far.size, far.extent) == (((0, 1_999_998),), 1_000_000, 1_999_999)
    assert far.spread(3, 1).runs == ((0, 2_000_000),)


def test_a_set_of_too_many_runs_keeps_its_ends() -> None:
    scattered = span(0, 0)
    for power in range(12):
        scattered = scattered.spread(2, 5**power)
    assert (scattered.exact, scattered.size, scattered.extent) == (False, None, sum(5**power for power in range(12)) + 1)
    assert union([scattered, span(-3, 0)]).extent == scattered.extent + 3
