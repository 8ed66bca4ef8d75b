"""Which edits mend an expectation about an item that does not exist."""

from __future__ import annotations

import pytest

from layerctl.compiler.pipeline import compile_text


@pytest.mark.parametrize(
    ("shapes", "becomes"),
    [
        ("{dens: [8]}", ["dense"]),
        ("{dens: [8], dense: [8]}", None),
        ("{'dens[0]': [8]}", None),
        ("{'dens[0]': [8], dense: [8]}", None),
    ],
)
def test_a_misspelled_item_is_renamed_where_that_gives_one_expectation(shapes: str, becomes: list[str] | None) -> None:
    compiled = compile_text(f"inputs: {{x: [4]}}\nlayers: [{{Dense: 8}}]\nexpect: {{shapes: {shapes}}}")
    (diagnostic,) = compiled.diagnostics
    assert (diagnostic.code.id, diagnostic.help) == ("LC703", "did you mean `dense`?")
    assert (diagnostic.fix and [edit.text for edit in diagnostic.fix.edits]) == becomes
