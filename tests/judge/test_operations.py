"""The functions of `keras.ops` against Keras."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import layerctl.catalog.ops
from layerctl.base.shapes import Tensor
from layerctl.catalog import CATALOGS, snake_case
from layerctl.catalog.ops import ALIASES, ELSEWHERE, FAMILIES
from layerctl.catalog.ops.elementwise import Sqrt
from tests.judge.operations import DELIBERATE, function, judge, uncovered

CASES = 3
"""Few, so that all take seconds; `python -m tests.judge.operations --cases 60` runs more."""
ALIKE = ("elementwise", "arithmetic", "comparison", "activations")
"""Families whose functions share their rules, so that one case of each is enough."""


def test_each_function_is_in_its_file() -> None:
    files = {}
    for path in Path(layerctl.catalog.ops.__path__[0]).glob("[a-z]*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and snake_case(node.name) in FAMILIES:
                files[snake_case(node.name)] = path.stem
    assert files == FAMILIES


def test_each_name_is_one_class() -> None:
    assert [function(name).function() for name in FAMILIES] == list(FAMILIES)
    assert not ELSEWHERE & {*FAMILIES, *ALIASES}
    assert all(CATALOGS["ops"].find(alias) is function(name) for alias, name in ALIASES.items())


def test_each_maker_is_for_an_argument_of_some_function() -> None:
    assert uncovered() == []
    assert uncovered({"nonsense": lambda rng, fed: 1}) == ["nonsense"]


@pytest.mark.keras
@pytest.mark.usefixtures("keras")
class TestAgainstKeras:
    def test_the_catalogue_knows_every_function_of_keras(self) -> None:
        from keras import ops

        rooms = {"image", "linalg", "nn", "numpy"}
        assert {name for name in dir(ops) if not name.startswith("_")} - rooms == {*FAMILIES, *ALIASES, *ELSEWHERE}

    def test_parameters_are_those_of_keras(self) -> None:
        from inspect import signature

        from keras import ops

        for name in FAMILIES:
            cls = function(name)
            real = set(signature(getattr(ops, name)).parameters) - {"kwargs"} | ({"operands"} if name == "einsum" else set())
            assert {*cls.tensors, *cls.model_fields} <= real, name
            assert not real - {*cls.tensors, *cls.model_fields, "sparse"}, f"Keras's ops.{name} takes more"

    @pytest.mark.parametrize("name", sorted(FAMILIES))
    def test_function(self, name: str) -> None:
        score = judge(name, 1 if FAMILIES[name] in ALIKE else CASES)
        assert not score.problems
        assert not score.disagreements, "\n".join(map(str, score.disagreements))

    def test_finds_a_wrong_shape_and_dtype(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Sqrt, "result", lambda self, x: Tensor((*x.shape, 1), "int8"))
        assert {"output shapes", "output dtypes"} & {
            part for each in judge("sqrt", 9).disagreements for part in each.what.split(", ")
        }

    def test_deliberate_refusals_have_a_reason(self) -> None:
        assert all(known.reason for known in DELIBERATE)
