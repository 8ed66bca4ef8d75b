"""The looks at every two candidates, kept with the trials: what they have spent of the 5 % is spent for the next call too."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Literal, NamedTuple

from layerctl.base.files import write_whole
from layerctl.report.results.comparison import Comparison, Verdict
from layerctl.runs.listener import Listener
from layerctl.runtime.study.candidate import Candidate, Options
from layerctl.runtime.study.compare import Study, design_key
from layerctl.runtime.study.kept import Content, Part, writing
from layerctl.runtime.study.pairs import History, Names, Seen
from layerctl.runtime.study.trials import Seed
from layerctl.runtime.study.verdicts import Terms, compared, this_look

OTHER_SIDE: dict[Verdict, Verdict] = {"a": "b", "b": "a", "undecided": "undecided"}


class KeptLook(Part):
    """A look: the seeds of its trials, the planned number of trials, the metric that decides, and the verdict."""

    seeds: list[str]
    plan: int | None
    metric: str
    verdict: Verdict


class KeptLooks(Content):
    """All looks at a pair: the content of its file, which is named by the keys of both; `a` has the smaller one."""

    version: Literal[2] = 2
    looks: list[KeptLook]


class _Pair(NamedTuple):
    """The file of the looks at two candidates, and whether it names them in the other order."""

    path: Path
    turned: bool

    def seen(self, verdict: Verdict) -> Verdict:
        return OTHER_SIDE[verdict] if self.turned else verdict


def _pair(a: Candidate, b: Candidate, options: Options) -> _Pair:
    keys = [design_key(one, options.limit) for one in (a, b)]
    return _Pair(Path(options.runs, "compare", "looks", f"{'-'.join(sorted(keys))}.json"), keys[0] > keys[1])


def read(candidates: Sequence[Candidate], options: Options) -> History:
    """The looks so far at every two candidates.

    Raises:
        Damaged: a file is damaged, or of another version.
    """
    return {(a.name, b.name): _read(_pair(a, b, options)) for a, b in combinations(candidates, 2)}


def _read(pair: _Pair) -> list[Seen]:
    if not os.path.lexists(pair.path):
        return []
    help = f"remove {pair.path.as_posix()}: the looks at these two variants then count from the beginning"
    kept = KeptLooks.read(pair.path, help)
    return [Seen(tuple(look.seeds), look.plan, look.metric, pair.seen(look.verdict)) for look in kept.looks]


def with_this(history: History, comparison: Comparison, now: Seen) -> dict[Names, list[Seen]]:
    """The looks with that of a comparison; to look at the same again is no further one, and one seed allows no look."""
    found = {pair: list(seen) for pair, seen in history.items()}
    for pair in comparison.pairs:
        seen = found.setdefault((pair.a, pair.b), [])
        if pair.primary and pair.p_value is not None and not any(one.same(now) for one in seen):
            seen.append(now._replace(verdict=pair.verdict))
    return found


def keep(candidates: Sequence[Candidate], options: Options, history: History) -> None:
    """Writes the looks at every two candidates.

    Raises:
        UsageError: they cannot be written.
    """
    for a, b in combinations(candidates, 2):
        pair = _pair(a, b, options)
        looks = [
            KeptLook(seeds=list(one.seeds), plan=one.plan, metric=one.metric, verdict=pair.seen(one.verdict))
            for one in history[a.name, b.name]
        ]
        with writing(pair.path.parent):
            write_whole(pair.path, KeptLooks(looks=looks).text())


def looked(
    candidates: Sequence[Candidate],
    seeds: Sequence[Seed],
    looks: Sequence[int],
    terms: Terms,
    options: Options,
    listener: Listener,
) -> Comparison:
    """Trains the candidates, looks at them after so many trials of each, and ends when every pair is decided.

    Raises:
        SpecError: the images cannot be disturbed, a loss is not a number, or a kept file is damaged.
        UsageError: trials cannot be kept.
        KeyboardInterrupt: after Ctrl-C; finished trials are kept.
    """
    history = read(candidates, options)
    study = Study(candidates, options, listener)
    for count in looks:
        some = seeds[:count]
        comparison = compared(candidates, study.results(some), some, terms._replace(history=history))
        history = with_this(history, comparison, this_look(some, terms, comparison.pairs[0].metric))
        keep(candidates, options, history)
        if all(pair.verdict != "undecided" for pair in comparison.pairs if pair.primary):
            break
    return comparison
