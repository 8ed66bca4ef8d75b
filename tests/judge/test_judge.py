"""Every layer of the catalogue against Keras, and proof that the judge detects mistakes of layerctl."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layerctl.base.shapes import Tensor
from layerctl.catalog import CATALOGS
from layerctl.catalog.layers import _checks as checks
from layerctl.catalog.layers.dense import Dense
from layerctl.compiler.pipeline import Compiled
from tests.judge import keras_side
from tests.judge.case import Item
from tests.judge.deliberate import AGAIN, PATTERNS, layers_of
from tests.judge.inputs import tensor
from tests.judge.judge import judge, uncovered
from tests.judge.row import Row
from tests.judge.table import TABLE

CASES = 9
"""Two of three are accepted by layerctl, one refused; `python -m tests.judge` and `make test-long` run more."""
LAYERS = CATALOGS["layers"].names()
PLAIN = Row(tensor(0, 1, 2, dtypes=("float32",)))


def test_each_layer_has_a_row_and_each_row_a_layer() -> None:
    assert uncovered(TABLE) == []


def test_a_layer_without_a_row_is_named() -> None:
    table = {name: row for name, row in TABLE.items() if name != "Dense"}
    problems = uncovered({**table, "Danse": TABLE["Dense"]})
    assert "Dense has no row in tests/judge/table.py" in problems
    assert "the row Danse of tests/judge/table.py has no layer" in problems


@pytest.mark.keras
@pytest.mark.usefixtures("keras")
class TestAgainstKeras:
    @pytest.mark.parametrize("name", [name for name in LAYERS if name in TABLE])
    def test_layer(self, name: str) -> None:
        score = judge(name, TABLE[name], CASES)
        assert not score.problems
        assert not score.disagreements, "\n".join(map(str, score.disagreements))

    def disagreements(self, row: Row = PLAIN) -> set[str]:
        return {each.what for each in judge("Dense", row, 40).disagreements}

    def test_finds_nothing_if_nothing_is_wrong(self) -> None:
        assert self.disagreements() == set()

    def test_finds_a_wrong_shape(self, monkeypatch: pytest.MonkeyPatch) -> None:
        right = Dense.compute_output_shape
        monkeypatch.setattr(Dense, "compute_output_shape", lambda self, shape: (*right(self, shape)[:-1], self.units + 1))
        assert self.disagreements() == {"output shapes"}

    def test_finds_wrong_weights(self, monkeypatch: pytest.MonkeyPatch) -> None:
        right = Dense.weights
        monkeypatch.setattr(Dense, "weights", lambda self, call: right(self, call)[::-1])
        assert "weight names, weight shapes" in self.disagreements()

    def test_finds_a_wrong_trainable_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        right = Dense.weights
        monkeypatch.setattr(Dense, "weights", lambda self, call: tuple(w._replace(trainable=False) for w in right(self, call)))
        assert "weight trainables" in self.disagreements()

    def test_finds_wrong_dtypes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Dense, "output", lambda self, call: Tensor(self.compute_output_shape(call.x.shape), "float16"))
        assert self.disagreements() == {"output dtypes"}

    def test_finds_a_missing_refusal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Dense, "compute_output_shape", lambda self, shape: (*shape[:-1], self.units))
        assert "layerctl accepts, Keras does not" in self.disagreements()

    def test_finds_a_wrong_refusal_unless_it_is_deliberate(self, monkeypatch: pytest.MonkeyPatch) -> None:
        right = Dense.compute_output_shape

        def refusing(self: Dense, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
            checks.rank(shape, 2)
            return right(self, shape)

        monkeypatch.setattr(Dense, "compute_output_shape", refusing)
        assert self.disagreements() == {"Keras accepts, layerctl does not"}
        monkeypatch.setattr(Dense, "stricter", {**Dense.stricter, "planted": "planted"})
        monkeypatch.setitem(PATTERNS, "planted", "LC401 expected an input of rank 2")
        assert self.disagreements() == set()

    def test_a_disagreement_is_a_spec_and_both_verdicts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Dense, "compute_output_shape", lambda self, shape: (*shape[:-1], self.units))
        shown = str(judge("Dense", PLAIN, 12).disagreements[0])
        for part in (
            "Dense: layerctl accepts, Keras does not",
            "inputs: {a: []}",
            "- {Dense: {",
            "layerctl accepts: ",
            "Keras    rejects: ",
        ):
            assert part in shown

    def test_finds_a_crash(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Dense, "compute_output_shape", lambda self, shape: shape[99])
        assert "layerctl fails" in self.disagreements()

    def test_finds_a_builder_that_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def failing(compiled: Compiled) -> None:
            raise RuntimeError("planted")

        monkeypatch.setattr(keras_side, "build_model", failing)
        assert self.disagreements() == {"layerctl fails"}

    def test_finds_a_row_that_names_no_argument(self) -> None:
        score = judge("Dense", replace(PLAIN, args={"unit": lambda rng, fed: 3}), 3)
        assert score.problems == ["Dense has no argument `unit`"]

    def test_finds_a_row_without_a_valid_case(self) -> None:
        score = judge("Dense", Row(tensor(1, dtypes=("string",))), 3)
        assert score.problems == ["none of 3 cases of Dense is valid in Keras: the row says nothing about it"]


def test_every_deliberate_refusal_is_documented_by_a_layer() -> None:
    classes = layers_of([Item(name, {}) for name in TABLE])
    documented = {key for cls in classes for part in cls.__mro__ for key in vars(part).get("stricter", ())}
    assert documented == {*PATTERNS, *AGAIN}
