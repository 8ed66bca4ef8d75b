"""The looks at variants, kept with their trials; and the plan that `--seeds` asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from layerctl.api.seeds import plan
from layerctl.diagnostics.errors import UsageError
from layerctl.runs.reading import Damaged
from layerctl.runtime.study import looks
from layerctl.runtime.study.candidate import Options
from layerctl.runtime.study.looks import keep, read, with_this
from layerctl.runtime.study.pairs import Seen
from layerctl.runtime.study.verdicts import Terms, compared
from tests.decisions.test_verdicts import BETTER, ONE, accuracies, candidate, comparison, names, trial

NOW = Seen(names(5), None, "test_accuracy")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up candidates have no data: their names stand for the hashes of what their results depend on."""
    monkeypatch.setattr(looks, "design_key", lambda candidate, limit: f"{candidate.name}.{limit}")


def test_looks_are_read_again_in_either_order(tmp_path: Path) -> None:
    one, two = candidate("one"), candidate("two")
    options = Options(tmp_path, limit=9)
    assert read([one, two], options) == {("one", "two"): []}
    seen = [NOW, Seen(("0x0", "0x1"), 20, "test_loss", "a")]
    keep([one, two], options, {("one", "two"): seen})
    assert [path.name for path in (tmp_path / "compare/looks").iterdir()] == ["one.9-two.9.json"]
    assert read([one, two], options) == {("one", "two"): seen}
    assert read([two, one], options) == {("two", "one"): [NOW, seen[1]._replace(verdict="b")]}
    assert read([one, two], options._replace(limit=8)) == {("one", "two"): []}
    keep([two, one], options, {("two", "one"): [NOW._replace(verdict="b")]})
    assert read([one, two], options) == {("one", "two"): [NOW._replace(verdict="a")]}


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2, "looks": []}', '{"looks": [{"seeds": ["0"]}]}'])
def test_a_damaged_file_is_told(text: str, tmp_path: Path) -> None:
    pair = [candidate("one"), candidate("two")]
    keep(pair, Options(tmp_path), {("one", "two"): [NOW]})
    (path,) = (tmp_path / "compare/looks").iterdir()
    assert json.loads(path.read_text())["looks"][0]["verdict"] == "undecided"
    path.write_text(text)
    with pytest.raises(Damaged) as error:
        read(pair, Options(tmp_path))
    assert error.value.diagnostics[0].help == f"remove {path}: the looks at these two variants then count from the beginning"


def test_a_look_is_kept_once_with_its_verdict() -> None:
    found = comparison(accuracies(one=ONE, other=BETTER))
    kept = with_this({}, found, NOW)
    assert kept == {("one", "other"): [NOW._replace(verdict="b")]}
    assert with_this(kept, found, NOW) == kept
    assert with_this(kept, found, NOW._replace(plan=20)) == kept, "the same trials"
    assert len(with_this(kept, found, NOW._replace(metric="test_loss"))["one", "other"]) == 2


def test_one_seed_is_no_look() -> None:
    found = comparison({"one": [trial(0.5)], "other": [trial(0.6)]})
    assert with_this({}, found, NOW) == {("one", "other"): []}


class Study:
    """Gives the made-up trials of as many seeds as it is asked for."""

    def __init__(self, *arguments: Any) -> None:
        self.asked: list[int] = []

    def results(self, seeds: Any) -> Any:
        self.asked.append(len(seeds))
        apart = [0.5 + 0.01 * (number % 3) for number in range(len(seeds))]
        return accuracies(one=apart, other=[value + self.gain(number) for number, value in enumerate(apart)])

    def gain(self, number: int) -> float:
        return (0.02, -0.01, 0.03, 0.01)[number % 4]


@pytest.mark.parametrize(("difference", "asked"), [(0.0, [3, 5, 8, 10]), (0.2, [3, 5])])
def test_looks_on_a_plan_end_with_a_verdict(
    difference: float, asked: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from layerctl.runs.listener import Listener
    from layerctl.runtime.study.trials import Seed

    study = Study()
    given: list[object] = []
    monkeypatch.setattr(looks, "Study", lambda *arguments: given.extend(arguments) or study)
    monkeypatch.setattr(study, "gain", lambda number: difference + (0.02, -0.02, 0.03, -0.03)[number % 4])
    pair, chosen = [candidate("one"), candidate("other")], plan("auto", 10)
    options, listener = Options(tmp_path), Listener()
    found = looks.looked(pair, [Seed(*one) for one in chosen.seeds], chosen.looks, Terms(plan=chosen.end), options, listener)
    assert given == [pair, options, listener]
    assert study.asked == asked
    assert found.pairs[0].verdict == ("b" if difference else "undecided")
    assert found.plan == 10
    kept = read(pair, Options(tmp_path))["one", "other"]
    assert [len(one.seeds) for one in kept] == asked
    assert [one.verdict for one in kept] == ["undecided"] * (len(asked) - 1) + [found.pairs[0].verdict]


def test_a_comparison_takes_what_is_kept_into_account() -> None:
    """A second call with more seeds is a further look."""
    results = accuracies(one=ONE * 2, other=BETTER * 2)
    history = with_this({}, comparison(accuracies(one=ONE, other=BETTER)), NOW)
    from layerctl.runtime.study.trials import Seed

    found = compared([candidate("one"), candidate("other")], results, [Seed(n, n) for n in range(10)], Terms(history=history))
    assert (found.pairs[0].verdict, found.pairs[0].decided_at, found.pairs[0].looks) == ("b", 5, (5, 10))


@pytest.mark.parametrize(
    ("seeds", "most", "count", "at", "end"),
    [
        (5, None, 5, (5,), None),
        ("5", None, 5, (5,), None),
        (" 12 ", 20, 12, (12,), 20),
        (1, None, 1, (1,), None),
        ("auto", None, 20, (5, 10, 15, 20), 20),
        ("auto", 30, 30, (8, 15, 23, 30), 30),
        ("auto", 3, 3, (2, 3), 3),
        ("auto", 2, 2, (2,), 2),
    ],
)
def test_seeds_and_looks(seeds: int | str, most: int | None, count: int, at: tuple[int, ...], end: int | None) -> None:
    found = plan(seeds, most)
    assert found.seeds == tuple((number, number) for number in range(count))
    assert (found.looks, found.end) == (at, end)


def test_seeds_by_name_and_crossed_ones() -> None:
    assert plan([3, 1]).seeds == ((3, 3), (1, 1))
    assert plan("2x3").seeds == ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2))
    assert (plan("5 × 4").looks, plan("5x4").end) == ((20,), None)


@pytest.mark.parametrize(
    ("seeds", "most", "words"),
    [
        (0, None, "at least one seed"),
        ("0", None, "at least one seed"),
        ([], None, "at least one seed"),
        ([1, 1], None, "each of them once"),
        ("many", None, "`many` is no number of seeds"),
        ("-3", None, "`-3` is no number of seeds"),
        ("5x", None, "`5x` is no number of seeds"),
        ("1x4", None, "two or more seeds of each kind"),
        ("4x1", None, "two or more seeds of each kind"),
        ("5x4", 30, "`--max-seeds` is for looks at more and more seeds"),
        ("auto", 1, "at least two seeds"),
        (10, 5, "10 seeds are more than the 5 of the plan"),
    ],
)
def test_what_is_no_plan(seeds: Any, most: int | None, words: str) -> None:
    with pytest.raises(UsageError, match=words) as error:
        plan(seeds, most)
    assert error.value.help
