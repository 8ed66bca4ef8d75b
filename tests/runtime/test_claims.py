"""Claims can be confirmed, refuted and left open, by trials; and a page shows them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from layerctl.analysis.costs import summarize
from layerctl.api.claims import COUNT, MOST, _table, claims
from layerctl.compiler.locate import PACKAGED
from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics.errors import UsageError
from layerctl.report.claims import lines
from layerctl.report.results.claims import Claim, Hypothesis, JudgedClaims, Judgement
from layerctl.runs.listener import Listener
from layerctl.runtime.claims import identities, probes, statements
from layerctl.runtime.claims.designs import DESIGNS, Design, dense, of_tables, packaged
from layerctl.runtime.claims.figures import COSTS, FILTERS, PROBES, Figures, needed
from layerctl.runtime.claims.judgement import judged
from layerctl.runtime.claims.report import write
from layerctl.runtime.claims.tables import MADE, of_file
from layerctl.runtime.conversion import equivalence as proving
from layerctl.runtime.study.candidate import Options
from tests.command_line import CommandLine

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]
GIVEN = os.environ.get("LAYERCTL_TEST_DATA_DIR")
CLAIMS = statements.claims()


def figures(folder: Path, seeds: int = 2, **designs: Design) -> Figures:
    """The figures of short trials; some designs are others than their names say."""
    return Figures({**DESIGNS, **designs}, "digits", range(seeds), 1, Options(folder, limit=100), Listener())


def test_every_figure_that_a_claim_names_is_measured() -> None:
    named = {figure for claim in CLAIMS for figure in claim.figures}
    subjects = {name.partition(":")[0] for name in named}
    designs = {name for name in named for name in needed(name)}
    assert designs <= {*DESIGNS, *identities.SOURCES}
    assert set(DESIGNS) <= designs, "and no design is there for nothing"
    assert {*PROBES, *FILTERS} - subjects == {"middle, pooling"}, "which is only shown"
    assert [claim.number for claim in CLAIMS] == list(range(1, COUNT + 1))
    assert max(claim.seeds for claim in CLAIMS) == MOST


def arithmetic(claim: Claim) -> Claim:
    """What is arithmetic of a claim; it needs no training."""
    return claim._replace(hypotheses=tuple(one for one in claim.hypotheses if one.arithmetic), ranges=())


def test_all_that_is_arithmetic_holds(tmp_path: Path) -> None:
    """Designs that are compared are of like size, receptive fields are as computed, values are weighted sums."""
    found = figures(tmp_path)
    judgements = [judged(arithmetic(claim), found) for claim in CLAIMS]
    assert not [one.hypothesis.text for judgement in judgements for one in judgement.hypotheses if one.verdict != "CONFIRMED"]
    assert sum(len(judgement.hypotheses) for judgement in judgements) > 30


def planted(claim: int, folder: Path, **designs: str) -> Judgement:
    """A claim judged where designs have been exchanged, by what is arithmetic."""
    given = {name.replace("_", " "): DESIGNS[other] for name, other in designs.items()}
    return judged(arithmetic(CLAIMS[claim - 1]), figures(folder, **given))


def test_planted_kernels_refute_claim_4(tmp_path: Path) -> None:
    assert planted(4, tmp_path, kernel_5="kernel 1", kernel_1="kernel 5").verdict == "REFUTED"


def test_planted_designs_without_pooling_refute_claim_10(tmp_path: Path) -> None:
    assert planted(10, tmp_path, unpooled_12="conv2d 12", conv2d_12="unpooled 12").verdict == "REFUTED"


def test_planted_sizes_leave_claims_2_and_9_open(tmp_path: Path) -> None:
    """Designs that are not of like size say nothing; a Conv2D that multiplies less than Dense on a table refutes claim 2."""
    assert planted(2, tmp_path, dense="dense 77").verdict == "UNDECIDED"
    assert planted(9, tmp_path, early="dense 11").verdict == "UNDECIDED"
    name = MADE[0].name
    given = {f"{name}, dense": DESIGNS[f"{name}, conv2d"], f"{name}, conv2d": DESIGNS[f"{name}, dense"]}
    assert judged(arithmetic(CLAIMS[1]), figures(tmp_path, **given)).verdict == "REFUTED"


def test_planted_weights_refute_claim_5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One weight is moved with an error of a thousandth."""
    right = proving.moved

    def wrongly(*arguments: Any) -> Any:
        weights = right(*arguments)
        first = next(array for arrays in weights.values() for array in arrays)
        first.flat[0] *= 1.001
        return weights

    monkeypatch.setattr(proving, "moved", wrongly)
    assert planted(5, tmp_path).verdict == "REFUTED"


def test_planted_layers_refute_claim_6(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Dense that cuts its sums off, and one whose weights are ten times too large."""
    text = Path(PACKAGED, "values_dense.yaml").read_text()
    cut_off = compile_text(text.replace("Dense: 5", "Dense: {units: 5, activation: relu}"), "cut_off.yaml")
    monkeypatch.setattr(identities, "packaged", lambda name: cut_off.accepted() if name == "values_dense" else packaged(name))
    assert planted(6, tmp_path).verdict == "REFUTED"
    large = Design(dense(44, initializer="{RandomNormal: {stddev: 10}}"))
    share = Hypothesis("", "dense: initial weights within 1", 0.95)
    assert judged(Claim(6, "", "", (share,)), figures(tmp_path, dense=large)).verdict == "REFUTED"


def test_planted_readings_refute_claim_7(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flatten and global pooling change places."""
    flat, pooled = probes._flat, probes._pooled
    monkeypatch.setattr(probes, "_flat", pooled)
    monkeypatch.setattr(probes, "_pooled", flat)
    found = judged(CLAIMS[6], figures(tmp_path, seeds=4))
    assert found.verdict == "REFUTED"
    assert found.hypotheses[3].verdict == "REFUTED", "more moved images are recognized"


WRONG = (
    Hypothesis("1×1 kernels see more of an image than 5×5", "kernel 1: pixels seen", "kernel 5: pixels seen", arithmetic=True),
    Hypothesis("three units are far better than 77", "dense 3: accuracy", "dense 77: accuracy", margin=0.4),
    Hypothesis("a dense model gains much by permuting", "dense, permuted: accuracy", "dense: accuracy", margin=0.4),
)
OPEN = (
    Hypothesis("he_normal is better", "dense, he_normal: accuracy", "dense: accuracy"),
    Hypothesis("77 units are better than 44", "dense 77: accuracy", "dense: accuracy"),
    Hypothesis("permuting does not matter at all", "dense, permuted: accuracy", "dense: accuracy", "within", 0.001),
)


def test_wrong_claims_are_refuted_and_others_left_open(tmp_path: Path) -> None:
    """Four seeds refute what is wrong; two leave open what only many more could decide."""
    four, two = figures(tmp_path, seeds=4), figures(tmp_path)
    wrong, open = ([Claim(number, one.text, "", (one,)) for number, one in enumerate(lines, 1)] for lines in (WRONG, OPEN))
    four.prepare(wrong)
    two.prepare(open)
    assert [judged(claim, four).verdict for claim in wrong] == ["REFUTED"] * 3
    assert [judged(claim, two).verdict for claim in open] == ["UNDECIDED"] * 3


def test_accuracies_are_those_of_the_test_samples(tmp_path: Path) -> None:
    found = figures(tmp_path)
    for name in ("dense: accuracy", "dense, permuted: accuracy"):
        assert found(name).shape == (2, 100)
        assert set(np.unique(found(name))) <= {0.0, 1.0}
    assert found("dense: accuracy").mean(axis=1) == pytest.approx(
        [one.trial.metrics["test_accuracy"] for one in found.trials("dense")]
    )
    lost = found("dense: accuracy") - np.mean(found.shifted("dense")[1:], axis=0)
    assert found("dense: loss by shifting") == pytest.approx(lost)
    assert found("dense 11, 1/4 of the samples: samples")[0] == 25


def test_a_trial_on_fewer_samples_takes_as_many_steps(tmp_path: Path) -> None:
    found = figures(tmp_path)
    few, all = (found.candidate(f"dense 11{part}").data for part in (", 1/4 of the samples", ""))
    assert (few.train_samples, all.train_samples) == (100, 100)
    assert len(np.unique(few.x_train.reshape(100, -1), axis=0)) == 25


def test_every_class_of_a_made_table_is_there(tmp_path: Path) -> None:
    for one in MADE:
        data = figures(tmp_path).candidate(f"{one.name}, dense").data
        counts = np.bincount(data.y_train)
        assert len(counts) == one.classes
        assert counts.min() > 0.05 * len(data.y_train)


@pytest.mark.parametrize("columns", [4, 5, 9, 13, 36, 100])
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_the_two_designs_for_a_table_are_of_like_size(columns: int, classes: int) -> None:
    designs = of_tables((of_file("t.csv", "t.csv", None, columns, classes),))
    dense, conv2d = (summarize(compile_text(design.text, "t.yaml").accepted().model).totals for design in designs.values())
    assert conv2d.params == pytest.approx(dense.params, rel=statements.ALIKE)
    assert conv2d.macs > dense.macs


ROWS = [f"{number / 7:.3f},{number % 4},{'xyz'[number % 3]},{'no' if number % 5 else 'yes'}" for number in range(60)]
TABLE = "\n".join(("a,b,kind,label", *ROWS))


@pytest.mark.parametrize("name", ["t.csv", "t.csv:kind"])
def test_tables_of_users(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text(TABLE)
    given = _table(name, set())
    assert (given.columns, given.classes) == ((5, 2) if name == "t.csv" else (4, 3))
    found = Figures(of_tables((given,)), "digits", range(2), 1, Options(tmp_path), Listener())
    assert [found(f"{given.name}, {one}: accuracy").shape for one in ("dense", "conv2d")] == [(2, 12)] * 2


@pytest.mark.parametrize("name", ["of $y: a, b.csv", "a:b.csv", "it's.csv"])
def test_tables_with_odd_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(TABLE.replace("label", "the: $label"))
    given = _table(f"{name}:the: $label", set())
    found = Figures(of_tables((given,)), "digits", range(2), 1, Options(tmp_path), Listener())
    found.check(of_tables((given,)))
    claim = statements.claims((given,))[1]
    assert {one for figure in claim.figures for one in needed(figure) if given.name in one} == set(of_tables((given,)))


def test_each_table_has_a_name_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text(TABLE)
    taken: set[str] = set()
    assert [_table(name, taken).name for name in ("t.csv", "t.csv:kind", "t.csv")] == ["t.csv", "t.csv by kind", "t.csv (2)"]


def test_a_table_needs_classes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text(TABLE)
    with pytest.raises(UsageError, match=r"t\.csv is no table with a column of few classes"):
        claims(only=[2], tables=["t.csv:a"], seeds=2)
    Path("narrow.csv").write_text("\n".join(row.rpartition(",")[0].rpartition(",")[0] + "," + row[-1] for row in ROWS))
    with pytest.raises(UsageError, match="has too few columns"):
        claims(only=[2], tables=["narrow.csv"], seeds=2)
    with pytest.raises(UsageError, match=r"no file `none\.csv`"):
        claims(only=[2], tables=["none.csv"], seeds=2)


@pytest.mark.data
@pytest.mark.skipif(GIVEN is None, reason="LAYERCTL_TEST_DATA_DIR is not set")
def test_the_images_can_be_others(tmp_path: Path) -> None:
    found = claims(data="mnist", data_dir=GIVEN, seeds=2, limit=60, epochs=1, only=(3,), runs_dir=tmp_path)
    assert found.data == "mnist"
    assert [judgement.claim.number for judgement in found.claims] == [3]


def test_a_claim_takes_its_own_number_of_seeds(tmp_path: Path) -> None:
    """A claim that is arithmetic trains nothing, however many seeds it takes."""
    (found,) = claims(only=(5,), runs_dir=tmp_path).claims
    assert (found.verdict, found.seeds) == ("CONFIRMED", tuple(range(6)))
    assert not [*tmp_path.rglob("trial.json")]


def test_the_command(cli: CommandLine, tmp_path: Path) -> None:
    done = cli("claims", "5", "--seeds", "2", "--format", "json", "--report", str(tmp_path / "claims.html"))
    assert done.status == 0
    assert {"version", "data", "seeds", "claims", "busy"} == set(done.data)
    assert done.data["seeds"] == done.data["claims"][0]["seeds"] == [0, 1]
    assert done.data["claims"][0]["refuted_if"].startswith("with moved weights")
    assert done.data["claims"][0]["hypotheses"][0]["arithmetic"] is True
    assert f"wrote {tmp_path / 'claims.html'}" in done.err
    assert "5. CONFIRMED: The two can compute" in cli("claims", "5", "--seeds", "2").out
    assert cli("claims", "12").status == 2
    assert "numbered 1 to 11" in cli("claims", "12").err
    assert "a report is .html" in cli("claims", "5", "--report", "claims.txt").err


class Planted(Figures):
    """Figures that are made up, but for trials whose weights and images are shown."""

    def __call__(self, name: str) -> Any:
        subject, _, what = name.partition(": ")
        if subject in identities.SOURCES or what in (*COSTS, "samples", "pixels seen", "blur", "receptive field"):
            return super().__call__(name)
        random = np.random.default_rng(len(name))
        return random.random((2, 50)).round() if what == "accuracy" else random.random(2)

    def shifted(self, name: str) -> list[Any]:
        return [self(f"{name}: accuracy")] * 5


def test_every_claim_has_its_pictures(tmp_path: Path) -> None:
    """The page is whole, and every claim is in it with its pictures and what would refute it."""
    found = Planted(DESIGNS, "digits", (0, 1), 1, Options(tmp_path, limit=40), Listener())
    result = JudgedClaims("digits", tuple(judged(claim, found, found.seeds) for claim in CLAIMS))
    report = tmp_path / "claims.html"
    write(report, result, {claim.number: found for claim in CLAIMS})
    page = report.read_text(encoding="utf-8")
    sections = re.findall(r'<section id="claim-(\d+)">(.*?)</section>', page, re.DOTALL)
    assert [int(number) for number, _ in sections] == list(range(1, COUNT + 1))
    for (_, section), judgement in zip(sections, result.claims, strict=True):
        pictures = re.findall(r"<svg.*?</svg>", section, re.DOTALL)
        assert pictures
        for picture in pictures:
            ElementTree.fromstring(picture)
        assert "refuted if" in section
        assert judgement.verdict in section
    assert not re.search(r'(src|href)="(?!#|data:)', page), "it needs no other file"
    assert json.loads(json.dumps(result.to_json(), allow_nan=False)) == result.to_json()
    text = "\n".join(lines(result, 100))
    assert text.count("   refuted if") == COUNT
    assert "change places" in text


def test_one_seed_is_too_few() -> None:
    with pytest.raises(UsageError, match="at least two seeds"):
        claims(seeds=1)
    with pytest.raises(UsageError, match="given twice"):
        claims(seeds=[0, 0, 1])


def test_one_epoch_is_one_epoch(tmp_path: Path) -> None:
    found = Figures(DESIGNS, "digits", (0, 1), 3, Options(tmp_path, limit=40), Listener())
    epochs = {name: found.candidate(name).train.epochs for name in ("plain, rate 0.01", "normalized, rate 0.01", "dense 11")}
    assert epochs == {"plain, rate 0.01": 1, "normalized, rate 0.01": 1, "dense 11": 3}


def test_made_tables_obey_the_limit(tmp_path: Path) -> None:
    data = figures(tmp_path).candidate(f"{MADE[0].name}, dense").data
    assert (data.train_samples, data.test_samples) == (100, 100)
