"""What a help changes, a machine can change: the edits of each case's diagnostics mend it, and make no other mistake."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from layerctl.compiler.pipeline import Compiled, compile_bytes
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.machine import diagnostic_data
from tests import markdown_cases
from tests.markdown_cases import PATH, Case

MASKING = {
    "custom_layers: LC201: keys that custom layers, or other layers, do not have",
    "custom_layers: LC204: declared values of another type",
    "design: LC502: a block that nothing uses",
    "expectations: Figures that a mistake leaves unknown are not checked",
    "expectations: The shape of a block's use is that of its output",
    "expectations: Silent after a mistake: where the shape is unknown, or the item may be hidden",
    "keys_and_values: LC202: no such layer",
    "keys_and_values: LC202: its consequences are not reported, independent mistakes are",
    "keys_and_values: A list of the wrong length",
    "models: A mistake in a definition is one error, whatever uses it",
    "models: LC302: items inside a model cannot be referenced from outside",
    "names_and_graph: LC302: a repeated item has numbered names",
    "names_and_graph: Consequences of a misspelled `inputs` or `name` are not reported",
    "forms: One mistake, one diagnostic / A value behind a tag",
    "training: A metric that is not known may be what is monitored, but without validation data nothing is",
    "training: One unknown metric among several outputs hides what is monitored",
    "yaml: LC103: a tag",
}
"""The cases in which a mistake hides further ones, which show once it is mended, at places that the edits do not touch."""

CASES = [case for file in markdown_cases.files() for case in markdown_cases.cases(file)]


def compiled(case: Case, text: str) -> Compiled:
    return replace(case, data=text.encode()).compile()


def name(case: Case) -> str:
    return f"{case.file.stem}: {case.title}"


def touches(after: Diagnostic, mended: Diagnostic) -> bool:
    """Whether a diagnostic of the changed text is at a place that the edits have changed."""
    assert mended.fix is not None
    shift = 0
    for edit in mended.fix.edits:
        start = edit.span.start + shift
        shift += len(edit.text) - (edit.span.end - edit.span.start)
        if edit.text and after.span.start < start + len(edit.text) and start < after.span.end:
            return True
    return False


def kinds(diagnostics: tuple[Diagnostic, ...]) -> Counter[tuple[str, str]]:
    return Counter((diagnostic.code.id, diagnostic.message) for diagnostic in diagnostics)


def made(case: Case, diagnostic: Diagnostic) -> str | None:
    """What is wrong with the fix of a diagnostic; None where it mends it and makes nothing else."""
    assert diagnostic.fix is not None
    before = case.compile().diagnostics
    text = diagnostic.fix.applied(diagnostic.span.source.text)
    after = compiled(case, text).diagnostics
    left = kinds(after)
    if left[diagnostic.code.id, diagnostic.message] >= kinds(before)[diagnostic.code.id, diagnostic.message]:
        return f"it is still there after “{diagnostic.help}”: {diagnostic.message}\n{text}"
    new = left - kinds(before)
    if name(case) in MASKING:
        new = kinds(tuple(each for each in after if touches(each, diagnostic))) & new
    return f"“{diagnostic.help}” makes {dict(new)}\n{text}" if new else None


def with_edits(case: Case) -> list[Diagnostic]:
    """The diagnostics that a machine can mend in the spec itself; not those in the text of a `--set`."""
    return [each for each in case.compile().diagnostics if each.fix is not None and each.span.source.path == PATH]


@pytest.mark.parametrize("case", CASES, ids=name)
def test_edits_mend_what_they_are_for(case: Case) -> None:
    wrong = [problem for diagnostic in with_edits(case) if (problem := made(case, diagnostic)) is not None]
    assert not wrong, "\n".join(wrong)


def test_the_cases_that_hide_others_are_there() -> None:
    assert {name(case) for case in CASES} >= MASKING


def test_many_cases_have_edits() -> None:
    assert sum(len(with_edits(case)) for case in CASES) > 100


def test_programs_get_the_edits() -> None:
    text = "inputs: {x: [8]}\nlayers:\n  - Linear: 10\n  - Dense: {units: 3, activation: rellu}\n"
    first, second = compile_bytes(PATH, text.encode()).diagnostics
    assert diagnostic_data(first, PATH)["fix"] == {
        "safe": True,
        "edits": [{"span": {"start": {"line": 3, "column": 5}, "end": {"line": 3, "column": 11}}, "text": "Dense"}],
    }
    assert diagnostic_data(second, PATH)["fix"]["safe"] is False
    (without,) = compile_bytes(PATH, b"inputs: {x: [8]}\nlayers:\n  - Conv2D: 8\n").diagnostics
    assert "fix" not in diagnostic_data(without, PATH)


@pytest.mark.parametrize("size", ["358", "102"])
def test_the_sizes_of_uneven_paths_are_right(size: str) -> None:
    """Both sizes that the help names make the paths fit."""
    text = (
        f"inputs: {{image: [{size}, {size}, 1]}}\nlayers:\n  - MaxPooling2D: 2\n    name: half\n  - MaxPooling2D: 2\n"
        "  - UpSampling2D: 2\n  - Concatenate:\n    inputs: [half, up_sampling2d]\n"
    )
    (diagnostic,) = compile_bytes(PATH, text.encode()).diagnostics
    shapes = re.findall(r"\[\d+, \d+, 1\]", diagnostic.help or "")
    assert len(shapes) == 2
    for shape in shapes:
        assert compile_bytes(PATH, text.replace(f"[{size}, {size}, 1]", shape).encode()).ok
