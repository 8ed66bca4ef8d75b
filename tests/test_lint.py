"""Lint finds its rules: each file of the folder declares one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from layerctl import lint
from layerctl.compiler.pipeline import compile_text
from layerctl.lint import _run

RULE = '''
from layerctl.diagnostics import Code
from layerctl.lint._rule import DesignRule


class TooSmall(Code, id="LC999", severity="warning"):
    """A layer with a single unit."""


def check(design, sink):
    for _, op, layer in design.calls():
        if layer.given().get("units") == 1:
            design.warn(sink, TooSmall, op, f"`{op.name}` is small", help="add units")


RULE = DesignRule(check, of_class=lambda cls: cls.category == "core")
'''


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder with one more rule beside the others."""
    (tmp_path / "too_small.py").write_text(RULE)
    monkeypatch.setattr(lint, "__path__", [*lint.__path__, str(tmp_path)])
    clear()
    yield
    clear()
    del sys.modules["layerctl.lint.too_small"]


def clear() -> None:
    lint.rules.cache_clear()
    _run._of_class.cache_clear()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("planted")
def test_a_file_in_the_folder_is_a_rule() -> None:
    diagnostics = compile_text("inputs: {x: [4]}\nlayers: [{Dense: 8}, ReLU, {Dense: 1}]").diagnostics
    assert [(diagnostic.code.id, diagnostic.message) for diagnostic in diagnostics] == [("LC999", "`dense_1` is small")]


def test_rules_come_in_the_order_of_their_files() -> None:
    files = sorted(path.stem for path in Path(lint.__path__[0]).glob("[!_]*.py"))
    assert [rule.check.__module__.removeprefix("layerctl.lint.") for rule in lint.rules()] == files
