"""When a proof holds, and what it says; without a framework."""

from __future__ import annotations

import pytest

from layerctl.report import certificate
from layerctl.report.results.conversion import Conversion, Difference, ModelSize, Proof

SEEN = Difference("y", "random", "own", "float32", 32, 1e-7, 1e-8, 1e-5, 0.01, 1e-6)


@pytest.mark.parametrize(
    ("differences", "holds", "word"),
    [
        ((SEEN,), True, "equivalent"),
        ((SEEN, SEEN._replace(share=1.5)), False, "NOT equivalent"),
        ((SEEN, SEEN._replace(share=float("nan"))), False, "NOT equivalent"),
        ((SEEN, SEEN._replace(output="z", missed=0.5)), None, "undecided"),
        ((SEEN._replace(missed=0.5), SEEN._replace(weights="random")), True, "equivalent"),
    ],
)
def test_a_proof_holds_if_it_could_have_failed(differences: tuple[Difference, ...], holds: bool | None, word: str) -> None:
    size = ModelSize("m", 3, 2)
    done = Conversion("", size, size, "fresh", Proof(differences))
    assert done.equivalent is holds
    assert done.record["equivalent"] is holds
    lines = list(certificate.lines(done, 200))
    assert lines[0].startswith(f"m → m: {word}")
    assert any(line.startswith("an error that changes `y` by less than 1e-06") for line in lines)


def test_the_worst_is_that_of_the_model_as_it_is() -> None:
    wide = SEEN._replace(dtype="float64", max=5.0)
    assert Proof((SEEN, wide, SEEN._replace(weights="random", max=4.0))).worst is SEEN
    assert Proof((wide,)).worst is wide
    assert Proof((SEEN, beyond := SEEN._replace(share=2.0, max=1e-9))).worst is beyond
