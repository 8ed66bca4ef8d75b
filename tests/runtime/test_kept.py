"""Figures of the model that is kept, names of classes, parts in the record, rows without a prediction, `--data`."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.api.compare import compare
from layerctl.api.evaluate import evaluate
from layerctl.api.predict import predict
from layerctl.api.train import resume, train
from layerctl.diagnostics.errors import SpecError
from layerctl.report.comparison import notes
from layerctl.report.runs import closing, facts
from layerctl.runs.listener import Listener
from layerctl.runs.stored import StoredRun, find
from tests.command_line import CommandLine

pytestmark = pytest.mark.keras
SPARSE = "sparse_categorical_crossentropy"


def overfitting(folder: Path, **more: Any) -> Path:
    """A spec of a model that is at its best in an early epoch: its labels are random."""
    r = np.random.default_rng(0)
    arrays = {f"x_{part}": r.random((count, 4), np.float32) for part, count in (("train", 120), ("val", 60), ("test", 40))}
    arrays |= {f"y_{part}": r.integers(0, 10, len(arrays[f"x_{part}"])) for part in ("train", "val", "test")}
    np.savez(folder / "d.npz", **arrays, **more)
    (folder / "m.yaml").write_text(
        "inputs: {x: [4]}\n"
        "layers: [{Dense: {units: 256, activation: relu}}, {Dense: {units: 10, activation: softmax}}]\n"
        f"train: {{data: ./d.npz, loss: {SPARSE}, optimizer: {{Adam: {{learning_rate: 0.03}}}}, epochs: 6,\n"
        "  early_stopping: {monitor: val_loss, patience: 50, restore_best_weights: true}}\n"
    )
    return folder / "m.yaml"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, keras: Any) -> StoredRun:
    """A run whose early stopping has restored an early epoch."""
    folder = tmp_path_factory.mktemp("kept")
    train(overfitting(folder), runs_dir=folder / "runs")
    return find("m", folder / "runs")


class TestTheKeptEpoch:
    def test_all_figures_are_of_one_epoch(self, run: StoredRun) -> None:
        record = run.record
        epochs = [json.loads(line) for line in (run.path / "metrics.jsonl").read_text().splitlines()]
        best = min(epochs, key=lambda epoch: epoch["val_loss"])
        assert best["epoch"] < len(epochs) == 6
        assert record.kept_epoch == best["epoch"]
        assert {name: record.metrics[name] for name in ("loss", "val_loss")} == {
            name: best[name] for name in ("loss", "val_loss")
        }
        tested = evaluate(run.path)
        assert tested.metrics["loss"] == pytest.approx(record.metrics["test_loss"], rel=1e-5)

    def test_the_row_says_which(self, run: StoredRun) -> None:
        words = f"weights and figures are those of epoch {run.record.kept_epoch}"
        assert closing(run.record).endswith(f"finished after 6 epochs; {words}")
        assert dict(facts(run))["epochs"] == f"6; {words}"

    def test_parts_stand_in_the_record(self, run: StoredRun) -> None:
        data = run.record.data
        assert (data.train, data.validation, data.test) == (120, 60, 40)
        assert data.parts == {"train": "x_train", "validation": "x_val", "test": "x_test"}
        assert dict(facts(run))["parts"] == "training: x_train, validation: x_val, test: x_test"

    def test_a_resumed_run_goes_on_from_its_last_epoch(self, run: StoredRun, tmp_path: Path) -> None:
        shutil.copytree(run.path.parents[1], tmp_path / "copy")
        record = resume(tmp_path / "copy" / "runs" / "m-1", epochs=7).record
        assert (record.epochs, record.kept_epoch) == (7, run.record.kept_epoch)
        assert record.metrics["val_loss"] == run.record.metrics["val_loss"]
        assert record.metrics["test_loss"] == pytest.approx(run.record.metrics["test_loss"], rel=1e-5)

    def test_without_restoring_the_last_epoch_is_kept(self, tmp_path: Path, keras: Any) -> None:
        overrides = ["train.early_stopping.restore_best_weights=false", "train.epochs=3"]
        record = train(overfitting(tmp_path), overrides=overrides, runs_dir=tmp_path / "runs").record
        assert record.kept_epoch == 3
        assert closing(record).endswith("finished after 3 epochs")

    def test_a_comparison_says_which(self, tmp_path: Path, keras: Any) -> None:
        spec = str(overfitting(tmp_path))
        result = compare([spec, f"{spec}@layers.0.Dense.units=64"], seeds=2, runs_dir=tmp_path / "runs")
        kept = result.variants[0].kept_epochs
        assert len(kept) == 2
        assert all(1 <= epoch < 6 for epoch in kept)
        assert any(line.startswith(f"m: its figures are those of epoch {kept[0]} and {kept[1]}") for line in notes(result))
        assert result.to_json()["variants"][0]["kept_epochs"] == list(kept)


class TestValidationThatIsMissing:
    def test_is_an_error_before_training(self, tmp_path: Path, keras: Any) -> None:
        spec = overfitting(tmp_path)
        arrays = dict(np.load(tmp_path / "d.npz"))
        np.savez(tmp_path / "d.npz", **{key: array for key, array in arrays.items() if "val" not in key})
        with pytest.raises(SpecError) as error:
            train(spec, runs_dir=tmp_path / "runs")
        (diagnostic,) = error.value.diagnostics
        assert (diagnostic.code.id, diagnostic.span.text) == ("LC607", "val_loss")
        assert not (tmp_path / "runs").exists()
        with pytest.raises(SpecError, match="LC607"):
            compare([str(spec), f"{spec}@layers.0.Dense.units=64"], seeds=1, runs_dir=tmp_path / "runs")


def pictures(folder: Path, *names: str) -> None:
    import PIL.Image

    for shade, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        for at in range(10):
            PIL.Image.new("L", (4, 4), 20 * at + shade).save(folder / name / f"{at}.png")


class TestNamesOfClasses:
    SPEC = "inputs: {x: [%s]}\nlayers: [Flatten, {Dense: {units: %d, activation: %s}}]\ntrain: {data: ./%s, loss: %s, epochs: 1}"

    def confusion(self, folder: Path, *values: Any) -> dict[str, Any]:
        (folder / "m.yaml").write_text(self.SPEC % values)
        run = train(folder / "m.yaml", runs_dir=folder / "runs")
        result: dict[str, Any] = json.loads((run.path / "confusion.json").read_text())
        return result

    def test_of_folders(self, tmp_path: Path, keras: Any) -> None:
        pictures(tmp_path / "shapes", "circle", "square")
        assert self.confusion(tmp_path, "4, 4, 1", 2, "softmax", "shapes", SPARSE)["classes"] == ["circle", "square"]
        assert [one.name for one in evaluate(tmp_path / "runs" / "m-1").classes] == ["circle", "square"]
        assert self.confusion(tmp_path, "4, 4, 1", 1, "sigmoid", "shapes", "binary_crossentropy")["classes"] == [
            "circle",
            "square",
        ]
        assert self.confusion(tmp_path, "4, 4, 1", 3, "softmax", "shapes", SPARSE)["classes"] == ["circle", "square", "2"]

    def test_of_tables(self, tmp_path: Path, keras: Any) -> None:
        (tmp_path / "t.csv").write_text("a,kind\n" + "".join(f"{n},{('bee', 'ant')[n % 2]}\n" for n in range(20)))
        assert self.confusion(tmp_path, "1", 2, "softmax", "t.csv", SPARSE)["classes"] == ["ant", "bee"]
        (tmp_path / "t.csv").write_text("a,kind\n" + "".join(f"{n},{n % 2}\n" for n in range(20)))
        assert self.confusion(tmp_path, "1", 2, "softmax", "t.csv", SPARSE)["classes"] == [0, 1]
        assert evaluate(tmp_path / "runs" / "m-2").classes == ()

    @pytest.mark.parametrize("key", ["classes", "class_names"])
    def test_of_archives(self, key: str, tmp_path: Path, keras: Any) -> None:
        arrays = {"x_train": np.eye(4), "y_train": np.arange(4) % 2, "x_test": np.eye(4), "y_test": np.arange(4) % 2}
        np.savez(tmp_path / "d.npz", **arrays, **{key: np.array(["no", "yes"])})
        assert self.confusion(tmp_path, "4", 2, "softmax", "d.npz", SPARSE)["classes"] == ["no", "yes"]
        np.save(tmp_path / "x.npy", np.eye(4))
        answers = predict("m", [tmp_path / "x.npy"], runs_dir=tmp_path / "runs").to_json()["predictions"]
        assert {answer["outputs"]["dense"]["class"] for answer in answers} <= {"no", "yes"}
        np.savez(tmp_path / "d.npz", **arrays | {"y_train": np.arange(4)}, **{key: np.array(["no", "yes"])})
        with pytest.raises(SpecError, match="has 2 names; the labels go up to 3"):
            self.confusion(tmp_path, "4", 4, "softmax", "d.npz", SPARSE)

    def test_of_archives_whose_labels_are_texts(self, tmp_path: Path, keras: Any) -> None:
        y = np.array(["yes", "no"] * 2)
        np.savez(tmp_path / "d.npz", x_train=np.eye(4), y_train=y, x_test=np.eye(4), y_test=y)
        assert self.confusion(tmp_path, "4", 2, "softmax", "d.npz", SPARSE)["classes"] == ["no", "yes"]

    def test_of_named_sets(self) -> None:
        from layerctl.analysis.data.wanted import Target
        from layerctl.catalog.datasets import find as facts_of
        from layerctl.runtime.data._labels import classes_of
        from tests.runtime.test_files import FIVE, SPEC, compile_text, wanted

        facts = facts_of("fashion_mnist")
        assert facts is not None
        compiled = compile_text(SPEC % (*FIVE, "synthetic", SPARSE, ""))
        assert compiled.document is not None
        want = wanted(compiled.accepted(), compiled.document.train)
        target = Target("dense", (10,), "classes", SPARSE)
        names = classes_of([np.arange(10)], target, want, facts.class_names)
        assert names is not None
        assert names[9] == "Ankle boot"


ROWS = "age,town,label\n" + "".join(f"{n % 9},{'xyz'[n % 3]},{('no', 'yes')[n % 2]}\n" for n in range(60))


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, keras: Any) -> Path:
    """A run of a table."""
    folder = tmp_path_factory.mktemp("rows")
    (folder / "t.csv").write_text(ROWS)
    (folder / "m.yaml").write_text(
        "inputs: {x: [4]}\nlayers: [{Dense: {units: 2, activation: softmax}}]\n"
        f"train: {{data: ./t.csv, loss: {SPARSE}, epochs: 1}}"
    )
    return train(folder / "m.yaml", runs_dir=folder / "runs").path


class TestRowsWithoutAPrediction:
    def test_the_others_get_one(self, table: Path, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text("town,age\nx,1\ny,\n\nz,old\nx,inf\nx\nx,2\n")
        result = predict(table, [tmp_path / "new.csv"])
        rows = result.to_json()["predictions"]
        assert [row["sample"] for row in rows] == list(range(6))
        assert [row["outputs"]["dense"] is not None for row in rows] == [True, False, False, False, False, True]
        assert [row.get("problem") for row in rows[1:5]] == [
            "line 3: no value for `age`",
            "line 5: `age` is `old`, which is no number",
            "line 6: `age` is `inf`, which is no number",
            "line 7: 1 values; the first row has 2",
        ]
        whole = tmp_path / "whole.csv"
        whole.write_text("town,age\nx,1\nx,2\n")
        first, last = predict(table, [whole]).to_json()["predictions"]
        assert (first["outputs"], last["outputs"]) == (rows[0]["outputs"], rows[5]["outputs"])

    def test_what_is_printed(self, table: Path, cli: CommandLine) -> None:
        cli.write("new.csv", "town,age\nx,1\nParis,2\ny,\n")
        shown = cli("predict", table, "new.csv")
        assert shown.status == 0
        assert "note: new.csv: 1 of 3 samples has no prediction: line 4: no value for `age`" in shown.err
        assert "1 value of `town` that the training part lacks becomes all zeros: `Paris`" in shown.err
        assert "none: line 4: no value for `age`" in shown.out
        rows = list(csv.DictReader(io.StringIO(cli("predict", table, "new.csv", "--format", "csv").out)))
        assert [(row["source"], row["sample"], bool(row["class"]), bool(row["problem"])) for row in rows] == [
            ("new.csv", "0", True, False),
            ("new.csv", "1", True, False),
            ("new.csv", "2", False, True),
        ]

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("town,label\nx,no\n", "new.csv has no column `age`"),
            ("label\nno\n", "new.csv has no columns `age` and `town`"),
            ("Age,Town\n1,x\n2,y\n", "new.csv has no columns `age` and `town`"),
            ("age,town\nold,x\nyoung,y\n", "no row of new.csv can be predicted; line 2: `age` is `old`"),
            ("1\n2\n", "new.csv has 1 columns; the model takes 2"),
        ],
    )
    def test_what_is_wrong_with_a_file_as_a_whole(self, content: str, words: str, table: Path, cli: CommandLine) -> None:
        cli.write("new.csv", content)
        done = cli("predict", table, "new.csv")
        assert (done.status, words in " ".join(done.err.split())) == (1, True), done.err
        assert "--> new.csv:1:1" in done.err
        assert "resolved.yaml" not in done.err

    def test_evaluation_names_the_file_too(self, table: Path, cli: CommandLine) -> None:
        cli.write("new.csv", "age,label\n1,no\n")
        done = cli("evaluate", table, "--data", "new.csv")
        assert (done.status, "new.csv has no column `town`" in done.err, "resolved.yaml" in done.err) == (1, True, False), (
            done.err
        )


def test_what_a_run_watched_need_not_exist_in_other_data(run: StoredRun, tmp_path: Path) -> None:
    np.savez(
        tmp_path / "new.npz",
        **{f"{side}_{part}": np.zeros((3, 4)[: 1 + (side == "x")]) for side in "xy" for part in ("train", "test")},
    )
    assert evaluate(run.path, data=str(tmp_path / "new.npz")).samples == 3


class TestOtherData:
    OWN = "{path: t.csv, target: town, drop: [label], validation: v.csv, test_split: 0.5}"

    def spec(self, folder: Path, own: str = OWN) -> Path:
        (folder / "m.yaml").write_text(
            "inputs: {x: [1]}\nlayers: [{Dense: {units: 3, activation: softmax}}]\n"
            f"train: {{data: {own}, loss: {SPARSE}, epochs: 1}}"
        )
        (folder / "new.csv").write_text(ROWS)
        return folder / "m.yaml"

    def test_options_are_kept(self, tmp_path: Path, keras: Any) -> None:
        record = train(self.spec(tmp_path), data=str(tmp_path / "new.csv"), runs_dir=tmp_path / "runs").record
        assert (record.data.train, record.data.validation, record.data.test) == (30, 0, 30)
        text = (Path(record.run) / "resolved.yaml").read_text()
        assert "target: town" in text
        assert "validation" not in text

    def test_options_that_do_not_suit_are_told(self, tmp_path: Path, cli: CommandLine) -> None:
        cli.write("m.yaml", self.spec(tmp_path).read_text())
        cli.write("new.csv", ROWS)
        done = cli("train", "m.yaml", "--data", "new.csv")
        assert done.status == 0, done.err
        assert "warning[LC617]: `--data new.csv` leaves out `validation` of the spec's own data" in done.err


def test_notes_reach_the_listener(tmp_path: Path, keras: Any) -> None:
    heard: list[str] = []

    class Hearing(Listener):
        def noticed(self, message: str) -> None:
            heard.append(message)

    train(overfitting(tmp_path, x_more=np.zeros(3)), overrides=["train.epochs=1"], runs_dir=tmp_path / "runs", listener=Hearing())
    assert heard == [f"{tmp_path / 'd.npz'} also holds `x_more`: not used"]
