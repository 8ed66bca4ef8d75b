"""The commands `evaluate`, `predict` and `data`."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.api.evaluate import evaluate
from layerctl.api.predict import predict
from layerctl.api.train import train
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.runs.stored import named
from tests.command_line import CommandLine

pytestmark = pytest.mark.keras
GIVEN = os.environ.get("LAYERCTL_TEST_DATA_DIR")
SPARSE = "sparse_categorical_crossentropy"
TABLE = """
inputs: {x: [4]}
layers: [{Dense: {units: 8, activation: relu}}, {Dense: {units: 2, activation: softmax}}]
train: {data: {path: t.csv, missing: mean}, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 3, batch_size: 8}
"""


def rows(count: int, *, start: int = 0) -> str:
    cells = (f"{n % 9 or ''},{'xyz'[n % 3]},{'no' if n % 9 < 4 else 'yes'}" for n in range(start, start + count))
    return "\n".join(("a,b,label", *cells, ""))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, keras: Any) -> Path:
    """A folder with some runs: of a table, of digits, of texts, of numbers."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "t.csv").write_text(rows(80))
    (folder / "texts").write_text("".join(f"{kind}\tthe word is {kind} {n}\n" for n in range(30) for kind in ("in", "out")))
    np.savez(folder / "n.npz", x_train=np.eye(4), y_train=np.eye(4), x_test=np.eye(4), y_test=np.eye(4))
    specs = {
        "table": TABLE,
        "digits": "inputs: {i: [8, 8, 1]}\nlayers: [Flatten, {Dense: 10}]\ntrain: {data: digits, "
        "loss: {SparseCategoricalCrossentropy: {from_logits: true}}, metrics: [accuracy], epochs: 2}",
        "texts": "inputs: {t: {shape: [], dtype: string}}\nlayers: [{TextVectorization: {vocabulary: [in, out], output_mode: "
        "multi_hot}}, {Dense: {units: 1, activation: sigmoid}}]\ntrain: {data: ./texts, loss: bce, epochs: 1}",
        "numbers": "inputs: {x: [4]}\nlayers: [{Dense: 4}]\ntrain: {data: ./n.npz, loss: mse, epochs: 1}",
    }
    for name, text in specs.items():
        (folder / f"{name}.yaml").write_text(text)
        train(folder / f"{name}.yaml", runs_dir=folder / "runs")
    return folder


def ask(trained: Path, run: str, *files: Path | str, **options: Any) -> list[dict[str, Any]]:
    result = predict(run, files, runs_dir=trained / "runs", **options).to_json()
    assert result["version"] == 1
    return [row["outputs"][result["outputs"][0]] for row in result["predictions"]]


class TestEvaluate:
    @pytest.mark.parametrize("name", ["table", "digits", "texts", "numbers"])
    def test_the_same_as_at_the_end_of_training(self, name: str, trained: Path) -> None:
        record = json.loads((trained / "runs" / f"{name}-1" / "run.json").read_text())
        result = evaluate(name, runs_dir=trained / "runs").to_json()
        assert result["metrics"] == pytest.approx(
            {key.removeprefix("test_"): value for key, value in record["metrics"].items() if key.startswith("test_")}, rel=1e-5
        )
        assert result["data"]["fingerprint"] == record["data"]["fingerprint"]
        assert result["data"]["samples"] == record["data"]["test"]

    def test_other_data_with_the_run_s_own_preprocessing(self, trained: Path) -> None:
        (trained / "new.csv").write_text("label,b,a\n" + "yes,x,5\nno,z,\n")
        result = evaluate("table-1", data=str(trained / "new.csv"), runs_dir=trained / "runs").to_json()
        assert result["data"]["samples"] == 2
        (trained / "lacking.csv").write_text("label,a\nyes,5\n")
        with pytest.raises(SpecError, match="LC659"):
            evaluate("table-1", data=str(trained / "lacking.csv"), runs_dir=trained / "runs")
        with pytest.raises(SpecError, match="is `csv`"):
            evaluate("numbers", data=str(trained / "new.csv"), runs_dir=trained / "runs")

    def test_checkpoints_and_limits(self, trained: Path) -> None:
        result = evaluate("digits", checkpoint="best", limit=50, runs_dir=trained / "runs").to_json()
        assert (result["checkpoint"], result["data"]["samples"]) == ("best", 50)

    def test_the_command(self, trained: Path, cli: CommandLine) -> None:
        text = cli("evaluate", trained / "runs" / "table-1")
        assert (text.status, text.out.splitlines()[0].split()[0], "samples" in text.err) == (0, "loss", True), text.err
        result = cli("evaluate", "table", "--runs-dir", trained / "runs", "--format", "json")
        assert result.data.keys() == {"version", "run", "model", "checkpoint", "data", "metrics", "classes"}
        assert [one["name"] for one in result.data["classes"]] == ["no", "yes"]
        assert sum(one["samples"] for one in result.data["classes"]) == result.data["data"]["samples"]
        wrong = cli("evaluate", "tabel-1", "--runs-dir", trained / "runs")
        assert (wrong.status, "did you mean `table-1`?" in wrong.err) == (2, True)


class TestPredict:
    def test_rows_of_a_table(self, trained: Path, tmp_path: Path) -> None:
        forms = {"named.csv": "b,a\nx,5\nz,\n", "bare.csv": "5,x\n,z\n", "labelled.csv": "a,b,label\n5,x,no\n,z,no\n"}
        for name, text in forms.items():
            (tmp_path / name).write_text(text)
        first, *others = (ask(trained, "table", tmp_path / name) for name in forms)
        assert len(first) == 2
        assert all(other == first for other in others)
        assert {top["class"] for top in first[0]["top"]} == {"no", "yes"}
        assert sum(top["probability"] for top in first[0]["top"]) == pytest.approx(1)
        (tmp_path / "twice.csv").write_text("a,a,b\n5,9,x\n")
        with pytest.raises(SpecError, match="two columns are called `a`, the columns 0 and 1"):
            ask(trained, "table", tmp_path / "twice.csv")
        (tmp_path / "unused.csv").write_text("a,more,b,more\n5,1,x,2\n,1,z,2\n")
        assert ask(trained, "table", tmp_path / "unused.csv") == first
        (tmp_path / "narrow.csv").write_text("5\n")
        with pytest.raises(SpecError, match="the model takes 2"):
            ask(trained, "table", tmp_path / "narrow.csv")

    def test_images_and_arrays_of_them(self, trained: Path, tmp_path: Path) -> None:
        import PIL.Image

        pixels = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
        (tmp_path / "photos").mkdir()
        PIL.Image.fromarray(pixels).save(tmp_path / "photos" / "a.png")
        np.save(tmp_path / "one.npy", pixels)
        np.save(tmp_path / "many.npy", np.stack([pixels, pixels]))
        np.savez(tmp_path / "floats.npz", x=(pixels / 255).astype(np.float32)[None, ..., None])
        answers = ask(trained, "digits", *(tmp_path / name for name in ("photos", "one.npy", "many.npy", "floats.npz")), top_k=10)
        assert len(answers) == 5
        for one in answers:
            assert sum(top["probability"] for top in one["top"]) == pytest.approx(1), "logits become probabilities"
            assert one["class"] == answers[0]["class"]
            assert one["probability"] == pytest.approx(answers[0]["probability"], rel=1e-3)

    def test_texts_from_standard_input(self, trained: Path, cli: CommandLine) -> None:
        done = cli("predict", "texts", "-", "--runs-dir", trained / "runs", "--format", "json", stdin=b"go in\n\nget out\n")
        assert done.status == 0, done.err
        predictions = done.data["predictions"]
        assert [row["sample"] for row in predictions] == [0, 1]
        assert {top["class"] for top in predictions[0]["outputs"]["dense"]["top"]} == {"in", "out"}

    def test_labels_before_texts_are_left_out(self, trained: Path, tmp_path: Path) -> None:
        """A line that begins with a text of another kind is a text."""
        texts = {"bare": "go in\nget out\n", "labelled": "in\tgo in\nout\tget out\n", "others": "out\tgo in\non\tget out\n"}
        for name, text in texts.items():
            (tmp_path / name).write_text(text)
        bare, labelled, others = (predict("texts", [tmp_path / name], runs_dir=trained / "runs") for name in texts)
        assert [row.outputs for row in labelled.predictions] == [row.outputs for row in bare.predictions]
        assert labelled.notes == (f"{tmp_path / 'labelled'}: each line begins with its label, which is left out",)
        assert [row.outputs for row in others.predictions] != [row.outputs for row in bare.predictions]
        assert not others.notes

    @pytest.mark.parametrize(("run", "name"), [("table", "x.npy"), ("texts", "x.npz"), ("table", "x.png")])
    def test_what_is_no_table(self, run: str, name: str, trained: Path, tmp_path: Path) -> None:
        (tmp_path / name).write_bytes(b"\x93NUMPY")
        with pytest.raises(SpecError, match=f"{name} is no table, and the model was trained on"):
            ask(trained, run, tmp_path / name)

    def test_numbers(self, trained: Path, tmp_path: Path) -> None:
        np.save(tmp_path / "x.npy", np.eye(4))
        assert len(ask(trained, "numbers", tmp_path / "x.npy")[3]["values"]) == 4

    def test_the_sign_of_an_output_tells_the_classes_of_hinge(self, tmp_path: Path) -> None:
        """The output is tanh(x / 4): nothing is learnt."""
        x, y = np.array([[1.0], [-1.0], [8.0], [-8.0]]), np.array([1, -1, 1, -1])
        np.savez(tmp_path / "s.npz", x_train=x, y_train=y, x_test=x, y_test=y)
        dense = "{Dense: {units: 1, activation: tanh, use_bias: false, kernel_initializer: {Constant: 0.25}}}"
        optimizer = "{SGD: {learning_rate: 1e-9}}"
        for loss in ("hinge", "squared_hinge"):
            spec = tmp_path / f"{loss}.yaml"
            spec.write_text(
                f"inputs: {{x: [1]}}\nlayers: [{dense}]\ntrain: {{data: ./s.npz, loss: {loss}, optimizer: {optimizer}}}"
            )
            train(spec, runs_dir=tmp_path / "runs")
            np.save(tmp_path / "new.npy", x)
            outputs = ask(tmp_path, loss, tmp_path / "new.npy")
            assert [output["class"] for output in outputs] == ["1", "0", "1", "0"]
            expected = (1 + np.tanh(np.abs(x[:, 0]) / 4)) / 2
            assert [output["probability"] for output in outputs] == pytest.approx(expected.tolist(), abs=1e-5)

    def test_pickles_are_never_read(self, trained: Path, tmp_path: Path) -> None:
        np.save(tmp_path / "x.npy", np.array([{}], object), allow_pickle=True)
        with pytest.raises(SpecError, match="never unpickled"):
            ask(trained, "numbers", tmp_path / "x.npy")

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"hello", "it holds no arrays"),
            (b"PK\x03\x04", "not a zip file"),
            (b"", "it holds no arrays"),
            (None, "holds no samples"),
        ],
    )
    def test_arrays_that_are_none(self, content: bytes | None, words: str, trained: Path, tmp_path: Path) -> None:
        np.save(tmp_path / "x.npy", np.zeros((0, 8, 8, 1)))
        if content is not None:
            (tmp_path / "x.npy").write_bytes(content)
        with pytest.raises(SpecError, match=f"(?i)LC652.*{words}"):
            ask(trained, "digits", tmp_path / "x.npy")

    def test_a_table_without_rows(self, trained: Path, tmp_path: Path) -> None:
        (tmp_path / "new.csv").write_text("a,b,label\n")
        with pytest.raises(SpecError, match=r"LC652.*holds no samples"):
            ask(trained, "table", tmp_path / "new.csv")

    def test_csv_and_files(self, trained: Path, cli: CommandLine) -> None:
        cli.write("new.csv", "a,b\n5,x\n1,y\n")
        done = cli("predict", trained / "runs" / "table-1", "new.csv", "--format", "csv", "--top-k", "1", "-o", "out.csv")
        assert (done.status, done.out) == (0, ""), done.err
        written = list(csv.DictReader(io.StringIO((cli.folder / "out.csv").read_text())))
        assert [set(row) for row in written] == [{"source", "sample", "class", "probability"}] * 2
        shown = cli("predict", trained / "runs" / "table-1", "new.csv")
        assert (shown.status, shown.out.startswith("source")) == (0, True)
        assert cli("predict", trained / "runs" / "table-1", "none.csv").status == 2
        assert cli("predict", trained / "runs" / "digits-1", "new.csv").status == 1


PHOTOS = """
inputs: {{i: [6, 6, 1]}}
layers: [Flatten, {{Dense: {{units: 2, activation: softmax}}}}]
train: {{data: {data}, loss: sparse_categorical_crossentropy, epochs: 1}}
"""


@pytest.mark.parametrize("data", ["./d.npz", "{path: ./d.npz, rescale: true}", "./photos", "{path: ./photos, rescale: false}"])
def test_a_picture_gets_one_answer_everywhere(data: str, cli: CommandLine, keras: Any) -> None:
    import PIL.Image

    x = np.random.default_rng(0).integers(0, 256, (8, 6, 6, 1)).astype(np.uint8)
    y = np.arange(8) // 4
    np.savez(cli.folder / "d.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    np.save(cli.folder / "one.npy", x[:1])
    for number, pixels in enumerate(x):
        (folder := cli.folder / "photos" / str(y[number])).mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(pixels[..., 0]).save(folder / f"{number}.png")
    (cli.folder / "photos" / "0" / "notes.txt").write_text("no picture")
    cli.write("m.yaml", PHOTOS.format(data=data))
    done = cli("train", "m.yaml")
    assert (done.status, "note: no images by their suffixes: photos/0/notes.txt" in done.err) == (0, "photos" in data), done.err
    (first, second) = cli("predict", "m", "one.npy", "photos/0/0.png", "--format", "json").data["predictions"]
    probabilities = ([top["probability"] for top in one["outputs"]["dense"]["top"]] for one in (first, second))
    assert next(probabilities) == pytest.approx(next(probabilities), abs=1e-6)
    losses = [
        cli("evaluate", "m", "--data", other, "--format", "json").data["metrics"]["loss"] for other in ("d.npz", "./photos")
    ]
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)
    traced = [
        cli("trace", named, "--input", file, "--format", "json").data["inputs"][0]["mean"]
        for named in ("m-1", "m.yaml")
        for file in ("one.npy", "photos/0/0.png")
    ]
    white = 255 if data in ("./d.npz", "{path: ./photos, rescale: false}") else 1
    assert traced == pytest.approx([x[0].mean() / 255 * white] * 4, rel=1e-5)
    (cli.folder / "photos" / "1" / "4.png").write_bytes(b"bad")
    (cli.folder / "photos" / "1" / "6.png").write_bytes(b"bad")
    refused = cli("predict", "m", "photos")
    assert (refused.status, "2 images cannot be read" in refused.err, "6.png: " in refused.err) == (1, True, True), refused.err
    assert "--> photos:1:1" in refused.err, "the data that were trained on are whole"
    assert cli("predict", "m", "photos/0").err.splitlines() == ["note: no images by their suffixes: photos/0/notes.txt"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-o", "m.png"), "predictions in the format `table` are no `.png` file"),
        (("-o", "m.JPG", "--format", "json"), "the suffixes are `.txt` for table, `.json` for json, `.csv` for csv"),
        (("-o", "m.json"), "add `--format json`"),
        (("-o", "m.csv", "--format", "json"), "add `--format csv`"),
        (("-o", "m.npy", "--format", "csv"), "are no `.npy` file"),
        (("-o", "m.xlsx"), "are no `.xlsx` file"),
        (("-o", "none/m.txt"), "there is no directory none"),
    ],
)
def test_a_file_s_suffix_tells_its_content(arguments: tuple[str, ...], words: str, cli: CommandLine) -> None:
    done = cli("predict", "m-1", "x.npy", *arguments)
    assert (done.status, words in done.err, list(cli.folder.iterdir())) == (2, True, []), done.err


def test_the_latest_run_of_a_name(tmp_path: Path) -> None:
    for number in (2, 10, 9):
        (tmp_path / f"cnn-{number}").mkdir()
        (tmp_path / f"cnn-{number}" / "run.json").write_text("{}")
    assert named("cnn", tmp_path).path.name == "cnn-10"
    assert named("cnn-2", tmp_path).path.name == "cnn-2"
    with pytest.raises(UsageError, match="no run `dense`"):
        named("dense", tmp_path)


class TestData:
    def test_the_names(self, cli: CommandLine) -> None:
        assert "fashion_mnist" in cli("data").out
        named = cli("data", "--format", "json").data["datasets"]
        assert {one["name"] for one in named} >= {"digits", "mnist", "synthetic"}

    def test_a_named_set_and_its_sheet(self, cli: CommandLine) -> None:
        done = cli("data", "digits", "--format", "json", "-o", "sheet.png")
        assert done.status == 0, done.err
        assert done.data["splits"] == {"train": 3823, "test": 1797}
        assert done.data["classes"][0] == {"name": "0", "train": 376, "test": 178}
        assert done.data["arrays"][0]["shape"] == [3823, 8, 8]
        assert (cli.folder / "sheet.png").read_bytes().startswith(b"\x89PNG")

    def test_a_table(self, cli: CommandLine) -> None:
        cli.write("t.csv", rows(18))
        done = cli("data", "t.csv", "--format", "json", "--set", "target=b")
        first, second, _ = done.data["columns"]
        assert (first["kind"], first["missing"], second["target"]) == ("number", 2, True)
        assert [one["train"] for one in done.data["classes"]] == [6, 6, 6]
        shown = cli("data", "t.csv").out
        assert "t.csv (csv): 18 samples" in shown
        assert "label (target)" in shown
        assert cli("data", "t.csv", "-o", "sheet.png").status == 2

    def test_a_directory_of_images(self, cli: CommandLine) -> None:
        import PIL.Image

        for name in ("cat", "dog"):
            (cli.folder / "pets" / name).mkdir(parents=True)
            PIL.Image.new("RGB", (9, 7)).save(cli.folder / "pets" / name / "1.jpg")
        done = cli("data", "./pets", "--format", "json", "-o", "pets.png")
        assert done.status == 0, done.err
        assert done.data["images"] == {"least_size": [7, 9], "greatest_size": [7, 9]}
        assert (cli.folder / "pets.png").is_file()
        assert "images of 7×9 pixels" in cli("data", "./pets").out
        (cli.folder / "pets" / "cat" / "2.jpg").write_bytes(b"bad")
        refused = cli("data", "./pets")
        assert (refused.status, "--> ./pets:1:1" in refused.err) == (1, True), refused.err

    @pytest.mark.parametrize(
        ("arguments", "status", "words"),
        [
            (("./none",), 2, "no file `./none`"),
            (("empty.csv",), 1, "empty.csv holds no rows"),
            (("digitss",), 2, "did you mean `digits`?"),
            (("synthetic",), 2, "made for a model"),
            (("digits", "-o", "sheet.jpg"), 2, "name a .png file"),
            (("t.csv", "--set", "targt=a"), 1, "did you mean `target`?"),
        ],
    )
    def test_what_the_command_refuses(self, arguments: tuple[str, ...], status: int, words: str, cli: CommandLine) -> None:
        cli.write("t.csv", rows(5))
        cli.write("empty.csv", "")
        result = cli("data", *arguments)
        assert (result.status, words in result.err) == (status, True), result.err


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(GIVEN is None, reason="LAYERCTL_TEST_DATA_DIR is not set")
@pytest.mark.parametrize(
    ("spec", "file", "least"),
    [("spam", "sms-spam/SMSSpamCollection", 0.97), ("wine", "wine/wine.csv", 0.9), ("penguins", "penguins/penguins.csv", 0.95)],
)
def test_the_specs_that_come_with_the_package(spec: str, file: str, least: float, tmp_path: Path, keras: Any) -> None:
    override = f"train.data={GIVEN}/{file}" if spec == "wine" else f"train.data.path={GIVEN}/{file}"
    run = train(spec, overrides=[override], runs_dir=tmp_path)
    assert run.record.metrics["test_accuracy"] >= least
