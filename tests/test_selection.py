"""Which diagnostics count."""

from __future__ import annotations

import pytest

from layerctl.base.source import Source
from layerctl.compiler.pipeline import compile_text
from layerctl.compiler.selection import Selection

WRONG = ", ".join(f"unts{number}: 1" for number in range(50))


def test_a_line_is_searched_for_a_comment_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many mistakes are on it: a line can be as long as a file."""
    checked = compile_text(f"inputs: {{x: [4]}}\nlayers:\n  - Dense: {{units: 3, {WRONG}}}\n").checked
    read: list[int] = []
    line = Source.line
    monkeypatch.setattr(Source, "line", lambda source, number: read.append(number) or line(source, number))
    assert len(Selection().apply(checked).diagnostics) == len(checked.diagnostics) == 50
    assert read == [3]


@pytest.mark.parametrize(("codes", "left"), [("LC201", 0), ("LC2", 0), ("LC501, LC201", 0), ("LC501", 50), ("", 50)])
def test_a_comment_counts_for_all_mistakes_of_its_line(codes: str, left: int) -> None:
    text = f"inputs: {{x: [4]}}\nlayers:\n  - Dense: {{units: 3, {WRONG}}}  # layerctl: ignore[{codes}]\n"
    assert len(Selection().apply(compile_text(text).checked).diagnostics) == left
