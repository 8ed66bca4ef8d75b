"""Comparisons: the statistics, what is alike, what is kept."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.api.compare import compare
from layerctl.compiler.pipeline import Compiled, compile_text
from layerctl.compiler.trainable import trainable
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.report.comparison import sentences
from layerctl.report.results.comparison import Comparison
from layerctl.runs.listener import Listener
from layerctl.runtime.study.candidate import Candidate, Options, candidate, common_metrics
from layerctl.runtime.study.statistics import paired_p
from layerctl.runtime.study.trials import Trainer
from tests.command_line import CommandLine
from tests.runtime.specs import DENSE

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]
WIDE = DENSE.replace("units: 16", "units: 64").replace("epochs: 2", "epochs: 1")
NARROW = DENSE.replace("units: 16", "units: 1").replace("epochs: 2", "epochs: 1")


def variants(*texts: str) -> list[Compiled]:
    found = [compile_text(text, f"v{number}.yaml") for number, text in enumerate(texts)]
    assert all(compiled.ok for compiled in found)
    return found


class Trials(Listener):
    """Notes the trials; presses Ctrl-C in the first epoch of one of them."""

    def __init__(self, interrupt: int = 0) -> None:
        self.seen: list[tuple[str, int, bool]] = []
        self.interrupt = interrupt

    def trial_begins(self, variant: str, seed: str, number: int, of: int, kept: bool) -> None:
        self.seen.append((variant, seed, kept))
        if number == self.interrupt:
            signal.raise_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compare")


@pytest.fixture(scope="module")
def found(folder: Path, keras: Any) -> Comparison:
    """Two designs, three seeds, interrupted in the fourth trial and called again."""
    arguments: dict[str, Any] = {"seeds": 3, "limit": 400, "runs_dir": folder}
    first = Trials(interrupt=4)
    with pytest.raises(KeyboardInterrupt):
        compare(variants(NARROW, WIDE), listener=first, **arguments)
    assert len(list(folder.glob("compare/*/trial.json"))) == 3
    second = Trials()
    result = compare(variants(NARROW, WIDE), listener=second, **arguments)
    assert second.seen == [(f"v{n}", seed, seed * 2 + n < 3) for seed in range(3) for n in range(2)]
    return result


def test_the_form(found: Comparison) -> None:
    data = found.to_json()
    assert list(data) == ["version", "data", "seeds", "variants", "pairs"]
    assert (data["version"], data["data"], data["seeds"]) == (1, "synthetic", [0, 1, 2])
    for variant, params in zip(data["variants"], (13, 643), strict=True):
        assert {"name", "spec", "params", "macs", "metrics", "train_seconds", "latency_ms"} <= set(variant)
        assert variant["params"] == params
        assert set(variant["metrics"]) == {"test_loss", "test_accuracy"}
        for figure in (variant["train_seconds"], variant["latency_ms"], *variant["metrics"].values()):
            assert set(figure) == {"mean", "low", "high", "values"}
            assert len(figure["values"]) == 3
            assert figure["low"] <= figure["mean"] <= figure["high"]
    assert {(pair.a, pair.b, pair.metric) for pair in found.pairs} == {("v0", "v1", "test_accuracy"), ("v0", "v1", "test_loss")}


def test_the_verdict(found: Comparison) -> None:
    a, b = (variant.metrics["test_accuracy"] for variant in found.variants)
    (pair,) = (pair for pair in found.pairs if pair.metric == "test_accuracy")
    assert pair.difference.mean == pytest.approx(a.mean - b.mean)
    assert pair.p_value == pytest.approx(paired_p(a.values, b.values))
    assert pair.p_adjusted is not None
    decided = pair.p_adjusted < 0.05
    assert pair.verdict == (("a" if a.mean > b.mean else "b") if decided else "undecided")
    (line,) = (line for line in sentences(found) if line.startswith("test_accuracy"))
    assert ("is better than" in line) == decided
    assert "3 seeds" in line


def test_a_seed_gives_the_same_trial_alone(found: Comparison, tmp_path: Path) -> None:
    again = compare(variants(NARROW, WIDE), seeds=[2], limit=400, runs_dir=tmp_path)
    for one, all_ in zip(again.variants, found.variants, strict=True):
        assert one.metrics["test_accuracy"].values[0] == all_.metrics["test_accuracy"].values[2]
        assert one.metrics["test_accuracy"].low is None
    assert {pair.verdict for pair in again.pairs} == {"undecided"}
    assert all("not distinguishable with 1 seed" in line for line in sentences(again))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            '"train_seconds": ',
            '"train_seconds": "long", "other": ',
            "does not say `train_seconds` as it should: input should be a valid number",
        ),
        ('"epoch": 1,', "", "does not say `epochs.0.epoch` as it should: field required"),
        ("{", "", "is no JSON: trailing characters at line 2 column 12"),
    ],
)
def test_a_damaged_trial_is_told_with_its_file_and_key(
    old: str, new: str, words: str, found: Comparison, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder / "compare", tmp_path / "compare")
    file = sorted(tmp_path.glob("compare/*/trial.json"))[0]
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(SpecError, match="LC673") as error:
        compare(variants(NARROW, WIDE), seeds=3, limit=400, runs_dir=tmp_path)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.message == f"{file} {words}"
    assert diagnostic.help == f"remove {file.parent}: its trial is then done anew"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("data: synthetic", "data: digits", "is trained on `synthetic`, `v1` on `digits`"),
        ("x: [6]", "x: [7]", "on other samples of it"),
        ("units: 3, activation: softmax", "units: 4, activation: softmax", "on other samples of it"),
    ],
)
def test_other_tasks_are_refused(old: str, new: str, words: str, tmp_path: Path) -> None:
    other = WIDE.replace(old, new)
    if "digits" in new:
        other = other.replace("x: [6]", "x: [64]").replace("units: 3", "units: 10")
    with pytest.raises(SpecError) as error:
        compare(variants(NARROW, other), seeds=1, limit=50, runs_dir=tmp_path)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code.id == "LC657"
    assert words in diagnostic.message
    assert not list(tmp_path.iterdir())


NORMALIZED = """
inputs: {image: [8, 8, 1]}
layers: [Flatten, {Dense: {units: 10, activation: softmax}}]
train: {data: {name: digits, normalize: true}, loss: sparse_categorical_crossentropy, metrics: [accuracy], validation_split: 0.5}
"""


def test_each_seed_learns_from_its_own_training_part(keras: Any) -> None:
    (compiled,) = variants(NORMALIZED)
    one = candidate("v", compiled.accepted(), trainable(compiled.accepted()), Options(limit=60))
    tested = []
    for seed in range(3):
        data, aside = Trainer(one).data(seed)
        assert aside is not None
        assert np.mean(data.x_train) == pytest.approx(0, abs=1e-5)
        assert np.std(data.x_train) == pytest.approx(1, abs=1e-5)
        assert abs(np.mean(aside[0])) > 1e-4
        learnt = data.preprocessing.inputs["image"]
        tested.append(np.asarray(data.x_test) * np.asarray(learnt.std) + np.asarray(learnt.mean))
    assert np.ptp(tested, axis=0).max() < 1e-5, "the test part is the same for all"


def test_without_a_validation_part_all_seeds_take_the_same_data(keras: Any) -> None:
    (compiled,) = variants(NORMALIZED.replace(", validation_split: 0.5", ""))
    one = candidate("v", compiled.accepted(), trainable(compiled.accepted()), Options(limit=60))
    assert one.at(1) is one


def test_losses_are_compared_only_where_they_are_the_same() -> None:
    made = []
    for compiled in variants(WIDE, WIDE.replace("sparse_categorical", "categorical")):
        spec = compiled.accepted()
        made.append(Candidate("v", spec, spec.document.train, None, None))  # type: ignore[arg-type]
    assert common_metrics(made) == ["accuracy"]


@pytest.mark.parametrize("specs", [["one"], ["one", "one"]])
def test_what_is_no_comparison(specs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.yaml").write_text(DENSE)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        compare(specs)


def test_the_command(cli: CommandLine) -> None:
    cli.write("narrow.yaml", NARROW)
    cli.write("wide.yaml", DENSE)
    table = cli("compare", "narrow", "wide", "--seeds", "2", "--limit", "100")
    assert table.status == 0
    assert "narrow" in table.out
    assert "the variants are not trained alike: their epochs differ" in table.out
    assert "2 seeds on synthetic" in table.out
    assert "trial 4/4: wide, seed 1" in table.err
    again = cli("compare", "narrow", "wide", "--seeds", "2", "--limit", "100", "--format", "json")
    assert again.err.count("kept from before") == 4
    assert cli("compare", "narrow").status == 2
    assert cli("compare", "narrow", "none").status == 2
