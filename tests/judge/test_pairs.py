"""Twenty of the generated pairs of `tests.judge.pairs`."""

from __future__ import annotations

import pytest

from tests.judge.pairs import judged, pair

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]


def test_pairs_are_judged_rightly() -> None:
    found = judged(range(20))
    assert not found.wrong, found.remarkable
    assert found.answers[True, "yes"] >= 9, found.remarkable
    assert found.answers[False, "no"] >= 3


def test_a_wrong_answer_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    from layerctl.api import equivalence
    from layerctl.report.results.equivalence import Equivalence

    for answer in ("yes", "no"):
        monkeypatch.setattr(equivalence, "equivalence", lambda a, b, answer=answer: Equivalence("a", "b", answer))
        assert judged(range(4)).wrong == 2


def test_the_same_number_gives_the_same_pair() -> None:
    assert pair(5) == pair(5)
    assert [pair(number).equal for number in range(4)] == [True, False, True, False]
