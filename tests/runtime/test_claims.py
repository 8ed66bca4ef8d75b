"""Claims can be confirmed, refuted and left open."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from layerctl.api.claims import claims
from layerctl.diagnostics.errors import UsageError
from layerctl.report.claims import lines
from layerctl.report.results.claims import Claim, Hypothesis
from layerctl.runtime.study.claim_table import CLAIMS
from layerctl.runtime.study.figures import Figures
from tests.command_line import CommandLine

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]
GIVEN = os.environ.get("LAYERCTL_TEST_DATA_DIR")


def test_every_figure_that_a_claim_names_is_measured(tmp_path: Path) -> None:
    from layerctl.runs.listener import Listener
    from layerctl.runtime.study.candidate import Options

    sources = Figures("digits", (0, 1), None, Options(tmp_path), Listener()).sources
    named = {part for claim in CLAIMS for one in claim.hypotheses for part in (one.left, one.right) if isinstance(part, str)}
    assert {name.partition(":")[0] for name in named} <= set(sources)
    assert [claim.number for claim in CLAIMS] == [1, 2, 3, 4, 5, 6]


PLANTED = (
    Claim(
        1,
        "1×1 kernels see more of an image than 5×5",
        (Hypothesis("", "kernel 1: pixels seen", "kernel 5: pixels seen", exact=True),),
    ),
    Claim(2, "and are far more accurate", (Hypothesis("", "kernel 1: accuracy", "kernel 5: accuracy", margin=0.3),)),
    Claim(3, "relu changes the sign of values", (Hypothesis("", "relu: negatives after", 0.0, exact=True),)),
)


def test_false_claims_are_refuted(tmp_path: Path) -> None:
    found = claims(seeds=2, limit=100, epochs=1, runs_dir=tmp_path, tested=PLANTED)
    assert [judgement.verdict for judgement in found.claims][::2] == ["REFUTED", "REFUTED"]
    assert found.claims[1].verdict != "CONFIRMED"
    assert json.loads(json.dumps(found.to_json(), allow_nan=False)) == found.to_json()


@pytest.mark.data
@pytest.mark.skipif(GIVEN is None, reason="LAYERCTL_TEST_DATA_DIR is not set")
def test_the_images_can_be_others(tmp_path: Path) -> None:
    found = claims(data="mnist", data_dir=GIVEN, seeds=2, limit=60, epochs=1, only=(3,), runs_dir=tmp_path)
    assert found.data == "mnist"
    assert [judgement.claim.number for judgement in found.claims] == [3]


def test_what_is_arithmetic_is_confirmed() -> None:
    found = claims(seeds=2, only=(5,))
    assert [judgement.verdict for judgement in found.claims] == ["CONFIRMED"]
    text = "\n".join(lines(found, 100))
    assert "5. CONFIRMED: The two can compute the same function" in text


def test_the_command(cli: CommandLine) -> None:
    done = cli("claims", "5", "--seeds", "2", "--format", "json")
    assert done.status == 0
    assert {"version", "data", "seeds", "claims"} == set(done.data)
    assert cli("claims", "9").status == 2
    assert "numbered 1 to 6" in cli("claims", "9").err


def test_one_seed_is_too_few() -> None:
    with pytest.raises(UsageError):
        claims(seeds=1)
