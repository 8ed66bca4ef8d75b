"""Comparisons: the statistics, what is alike, what is kept."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from layerctl.api.compare import compare
from layerctl.compiler.pipeline import Compiled, compile_text
from layerctl.compiler.trainable import trainable
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.report.comparison import sentences
from layerctl.report.results.comparison import Comparison
from layerctl.runs.listener import Listener
from layerctl.runtime.study.candidate import Candidate, Options, candidate, common_metrics
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
        self.seen: list[tuple[str, str, bool]] = []
        self.notes: list[str] = []
        self.interrupt = interrupt

    def noticed(self, message: str) -> None:
        self.notes.append(message)

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
    assert not list(folder.glob("compare/looks/*")), "nothing was looked at"
    assert len(list(folder.glob("compare/*/trial.json"))) == 3
    second = Trials()
    result = compare(variants(NARROW, WIDE), listener=second, **arguments)
    assert second.seen == [(f"v{n}", str(seed), seed * 2 + n < 3) for seed in range(3) for n in range(2)]
    return result


def test_the_form(found: Comparison) -> None:
    data = found.to_json()
    assert list(data) == ["version", "data", "seeds", "variants", "pairs", "test_samples"]
    assert (data["version"], data["data"], data["seeds"]) == (1, "synthetic", [0, 1, 2])
    for variant, params in zip(data["variants"], (13, 643), strict=True):
        assert {"name", "spec", "params", "macs", "metrics", "train_seconds", "latency_ms", "with_samples"} <= set(variant)
        for timing, batch in zip(variant["latency"], (1, 128), strict=True):
            assert timing["batch"] == batch
            assert 0 <= timing["low_ms"] <= timing["median_ms"] <= timing["high_ms"]
            assert timing["empty_ms"] > 0
        assert variant["params"] == params
        assert set(variant["metrics"]) == {"test_loss", "test_accuracy"}
        for figure in (variant["train_seconds"], variant["latency_ms"], *variant["metrics"].values()):
            assert set(figure) == {"mean", "low", "high", "values"}
            assert len(figure["values"]) == 3
            assert figure["low"] <= figure["mean"] <= figure["high"]
    assert {(pair.a, pair.b, pair.metric) for pair in found.pairs} == {("v0", "v1", "test_accuracy"), ("v0", "v1", "test_loss")}


def kept_samples(folder: Path, name: str) -> list[dict[str, list[float]]]:
    """What is kept of the test samples of each trial of a variant, in the order of the seeds."""
    trials = [(json.loads(path.read_text()), path.parent / "samples.json") for path in folder.glob("compare/*/trial.json")]
    own = sorted(((trial["seed"], samples) for trial, samples in trials if trial["variant"] == name))
    return [json.loads(samples.read_text())["metrics"] for _, samples in own]


def test_each_test_sample_is_kept(found: Comparison, folder: Path) -> None:
    for variant in found.variants:
        for seed, kept in enumerate(kept_samples(folder, variant.name)):
            assert set(kept["test_accuracy"]) <= {0, 1}
            for metric, values in kept.items():
                assert np.mean(values) == pytest.approx(variant.metrics[metric].values[seed], rel=1e-5)


def test_the_verdict(found: Comparison, folder: Path) -> None:
    a, b = (variant.metrics["test_accuracy"] for variant in found.variants)
    (pair,) = (pair for pair in found.pairs if pair.metric == "test_accuracy")
    assert pair.difference.mean == pytest.approx(a.mean - b.mean)
    assert pair.p_training == pytest.approx(stats.ttest_rel(a.values, b.values).pvalue)
    assert pair.p_adjusted is not None
    assert pair.with_samples is not None
    assert pair.with_samples.mean == pytest.approx(pair.difference.mean, abs=1e-6)
    assert found.test_samples == len(kept_samples(folder, "v0")[0]["test_accuracy"])
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
    first, described = sentences(again)
    assert "not distinguishable with 1 seed" in first
    assert described.startswith("test_loss, described only: ")
    assert all(pair.p_value is None for pair in again.pairs)


def test_a_trial_of_an_earlier_version_is_done_anew_with_a_word(found: Comparison, folder: Path, tmp_path: Path) -> None:
    """As layerctl kept them before: version 3, without what came of each test sample."""
    shutil.copytree(folder / "compare", tmp_path / "compare")
    earlier = sorted(tmp_path.glob("compare/*/trial.json"))[:2]
    for file in earlier:
        trial = json.loads(file.read_text()) | {"version": 3, "latency_ms": 1.0, "latency_128_ms": 2.0}
        file.write_text(json.dumps({key: value for key, value in trial.items() if key not in ("order", "latency", "busy")}))
        (file.parent / "samples.json").unlink()
    heard = Trials()
    again = compare(variants(NARROW, WIDE), seeds=3, limit=400, runs_dir=tmp_path, listener=heard)
    assert heard.notes == ["2 trials were kept by an earlier version of layerctl, without the test samples: done anew"]
    assert sum(kept for _, _, kept in heard.seen) == 4
    assert [one.metrics["test_accuracy"] for one in again.variants] == [one.metrics["test_accuracy"] for one in found.variants]
    assert again.pairs[0].looks == (3,), "the same look"


def test_more_seeds_are_a_further_look(found: Comparison, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "compare", tmp_path / "compare")
    further = compare(variants(NARROW, WIDE)[::-1], seeds=4, limit=400, runs_dir=tmp_path)
    assert [pair.looks for pair in further.pairs if pair.primary] == [(3, 4)]
    (file,) = tmp_path.glob("compare/looks/*.json")
    assert [look["seeds"] for look in json.loads(file.read_text())["looks"]] == [["0", "1", "2"], ["0", "1", "2", "3"]]
    file.write_text("{")
    with pytest.raises(SpecError, match="LC673"):
        compare(variants(NARROW, WIDE)[::-1], seeds=4, limit=400, runs_dir=tmp_path)


def test_looks_on_a_plan(found: Comparison, folder: Path, tmp_path: Path) -> None:
    """Of a model with itself under another name, the looks go on to the end of the plan."""
    result = compare(variants(NARROW, NARROW), seeds="auto", max_seeds=4, limit=60, runs_dir=tmp_path)
    (pair,) = (pair for pair in result.pairs if pair.primary)
    assert (result.seeds, pair.looks, result.plan, pair.verdict) == ((0, 1, 2, 3), (2, 3, 4), 4, "undecided")


def test_seeds_of_weights_and_of_the_order_are_crossed(tmp_path: Path) -> None:
    result = compare(variants(NARROW, WIDE), seeds="2x2", limit=100, runs_dir=tmp_path)
    assert (result.seeds, result.orders, result.trials) == ((0, 1), (0, 1), 4)
    found = [json.loads(path.read_text()) for path in tmp_path.glob("compare/*/trial.json")]
    kept = {(trial["variant"], trial["seed"], trial["order"]) for trial in found}
    assert kept == {(name, seed, order) for name in ("v0", "v1") for seed in (0, 1) for order in (0, 1)}
    alone = compare(variants(NARROW, WIDE), seeds=2, limit=100, runs_dir=tmp_path)
    for one, crossed in zip(alone.variants, result.variants, strict=True):
        figures = crossed.metrics["test_loss"].values
        assert one.metrics["test_loss"].values == (figures[0], figures[3]), (
            "equal seeds are those of a comparison without crossing"
        )
        assert len(set(figures)) == 4, "weights and order both count"
    assert len(list(tmp_path.glob("compare/*/trial.json"))) == 8
    assert any("4 trials" in line for line in sentences(result))


def test_another_metric_can_decide(found: Comparison, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "compare", tmp_path / "compare")
    result = compare(variants(NARROW, WIDE), seeds=3, limit=400, runs_dir=tmp_path, metric="test_loss")
    assert [(pair.metric, pair.primary) for pair in result.pairs] == [("test_loss", True), ("test_accuracy", False)]
    with pytest.raises(UsageError, match="no metric `acuracy` in common") as error:
        compare(variants(NARROW, WIDE), seeds=3, limit=400, runs_dir=tmp_path, metric="acuracy")
    assert error.value.help == "did you mean `accuracy`?"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            '"train_seconds": ',
            '"train_seconds": "long", "other": ',
            "does not say `train_seconds` as it should: input should be a valid number",
        ),
        ('"epoch": 1,', "", "does not say `epochs.0.epoch` as it should: field required"),
        ("{", "", "is no JSON: trailing characters at line 2 column 13"),
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
