"""What `check` says of data by path is what training says: the same code, in the same words, at the same place."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerctl.compiler.pipeline import Accepted, compile_text
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import SpecError
from layerctl.runtime.data import load, split
from layerctl.runtime.data._wanted import wanted
from tests.data_files import FITS, REFUSED, Case
from tests.test_data_files import said


def accepted(case: Case, folder: Path) -> Accepted:
    return compile_text(case.text(), str(folder / "spec.yaml")).accepted()


def refusal(case: Case, folder: Path) -> Diagnostic:
    """The mistake with which training refuses the data, before it begins."""
    compiled = accepted(case, folder)
    with pytest.raises(SpecError) as caught:
        load(wanted(compiled, compiled.document.train))
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


@pytest.mark.parametrize("name", REFUSED)
def test_training_says_the_same(name: str, tmp_path: Path) -> None:
    case = REFUSED[name]
    (found,) = said(case, tmp_path)
    theirs = refusal(case, tmp_path)
    assert found.span.text == theirs.span.text
    if found.is_error:
        assert found.code == theirs.code
    if not case.hidden:
        assert (found.message, found.help) == (theirs.message, theirs.help)


@pytest.mark.parametrize("name", FITS)
def test_training_takes_what_fits(name: str, tmp_path: Path) -> None:
    case = FITS[name]
    case.make(tmp_path)
    compiled = accepted(case, tmp_path)
    want = wanted(compiled, compiled.document.train)
    assert split(load(want), 0.25, 0, want)[1] is not None
