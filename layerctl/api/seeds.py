"""How often variants are trained, and when a comparison looks at them: the option `--seeds`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from layerctl.diagnostics.errors import UsageError

AUTO = "auto"
MOST = 20
"""Where a plan of looks ends, if `--max-seeds` does not say it."""
LIMIT = 100_000
"""So many trials of a variant are the most that can be asked for."""
LOOKS = 4
"""So many looks are planned, equally far apart."""
EXAMPLES = "for example `--seeds 5`, `--seeds auto`, or `--seeds 5x4` for 5 seeds of the weights with 4 of the order of the data"


class Plan(NamedTuple):
    """The trials of each variant, and after how many of them a comparison looks.

    Attributes:
        seeds: of each trial that of the weights, and that of the order of the data.
        looks: numbers of trials, growing; the last is that of all.
        end: with how many trials the looks end, now or in later calls; None if that is not planned.
    """

    seeds: tuple[tuple[int, int], ...]
    looks: tuple[int, ...]
    end: int | None = None


def plan(seeds: int | str | Sequence[int], most: int | None = None) -> Plan:
    """The plan that options ask for.

    Args:
        seeds: how many, or which; `auto` for looks on a plan; `5x4` for 5 seeds of the weights, each with 4 of the order.
        most: where the plan ends.

    Raises:
        UsageError: there is no such number, or a seed is named twice.
    """
    if isinstance(seeds, str) and seeds.strip() == AUTO:
        end = MOST if most is None else most
        _check_number(end, "--max-seeds")
        if end < 2:
            raise UsageError("a plan of looks takes at least two seeds", f"for example `--seeds {AUTO} --max-seeds {MOST}`")
        looks = sorted({max(2, -(-end * part // LOOKS)) for part in range(1, LOOKS + 1)})
        return Plan(_alike(range(end)), tuple(looks), end)
    if isinstance(seeds, str) and (crossed := re.fullmatch(r"\s*(\d{1,20})\s*[x×]\s*(\d{1,20})\s*", seeds)):
        return _crossed(int(crossed[1]), int(crossed[2]), most)
    chosen = _alike(range(_number(seeds)) if isinstance(seeds, int | str) else seeds)
    if not chosen or len(set(chosen)) < len(chosen):
        raise UsageError("a comparison takes at least one seed, each of them once", EXAMPLES)
    if most is not None and most < len(chosen):
        raise UsageError(f"{len(chosen)} seeds are more than the {most} of the plan", "raise `--max-seeds`")
    return Plan(chosen, (len(chosen),), most)


def _alike(seeds: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return tuple((seed, seed) for seed in seeds)


def _crossed(weights: int, orders: int, most: int | None) -> Plan:
    if weights < 2 or orders < 2:
        raise UsageError("two or more seeds of each kind can be crossed", EXAMPLES)
    if most is not None:
        raise UsageError("`--max-seeds` is for looks at more and more seeds, not for crossed ones", "leave it out")
    _check_number(weights * orders, "--seeds")
    seeds = tuple((one, other) for one in range(weights) for other in range(orders))
    return Plan(seeds, (len(seeds),))


def _number(seeds: int | str) -> int:
    if isinstance(seeds, str) and not re.fullmatch(r"\s*\d{1,20}\s*", seeds):
        raise UsageError(f"`{seeds}` is no number of seeds", EXAMPLES)
    return numbered(int(seeds))


def numbered(seeds: int) -> int:
    """A number of seeds.

    Raises:
        UsageError: it is too large.
    """
    _check_number(seeds, "--seeds")
    return seeds


def _check_number(seeds: int, option: str) -> None:
    if seeds > LIMIT:
        raise UsageError(f"{seeds} are too many seeds; `{option}` takes at most {LIMIT:,}", "ask for fewer")
