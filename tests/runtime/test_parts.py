"""Training, validation and test parts of data by path: where they are found, and that none is mixed into another."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics.errors import SpecError
from layerctl.runtime.data import load, split
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.training.validation import check_validation
from tests.runtime.test_files import FIVE, SOFTMAX, SPARSE, SPEC, TABLE, idx, read, refusal

pytestmark = pytest.mark.keras
FOUR = "x: [4]", "{Dense: 1}"


def archive(folder: Path, *parts: str, **more: Any) -> None:
    """An archive in which each value of a part tells the part: 0 for the first, 1 for the second, …"""
    arrays = {}
    for number, part in enumerate(parts):
        count = 10 * (number + 1)
        arrays |= {f"x_{part}": np.full((count, 4), number), f"y_{part}": np.full(count, number)}
    np.savez(folder / "d.npz", **arrays | more)


def twice(inputs: str, layers: str, data: str, loss: str = SPARSE, folder: Path = Path()) -> tuple[str, str, str]:
    """Code, place and message of the error for data that have a validation part, beside `validation_split`."""
    text = SPEC % (inputs, layers, data, loss, ", validation_split: 0.2")
    compiled = compile_text(text, str(folder / "spec.yaml")).accepted()
    train = compiled.document.train
    assert train is not None
    with pytest.raises(SpecError) as error:
        check_validation(compiled, train, load(wanted(compiled, train)))
    (diagnostic,) = error.value.diagnostics
    return diagnostic.code.id, diagnostic.span.text, diagnostic.message


class TestArchives:
    @pytest.mark.parametrize("name", ["val", "valid", "validation"])
    def test_a_validation_part(self, name: str, tmp_path: Path) -> None:
        archive(tmp_path, "train", "test", name)
        data = read(*FOUR, "./d.npz", "mse", folder=tmp_path)
        counts = {
            part: (len(x), set(x.ravel().tolist()))
            for part, x in zip("tev", (data.x_train, data.x_test, data.x_val), strict=True)
        }
        assert counts == {"t": (10, {0.0}), "e": (20, {1.0}), "v": (30, {2.0})}
        assert set(data.y_val.ravel().tolist()) == {2.0}
        assert data.origin == {"train": "x_train", "validation": f"x_{name}", "test": "x_test"}

    def test_the_test_part_is_never_taken_from_the_validation_part(self, tmp_path: Path) -> None:
        archive(tmp_path, "train", "val")
        data = read(*FOUR, "{path: d.npz, test_split: 0.2}", "mse", folder=tmp_path)
        assert (data.train_samples, len(data.x_val), data.test_samples) == (8, 20, 2)
        assert set(data.x_test.ravel().tolist()) == {0.0}

    def test_statistics_are_those_of_the_training_part(self, tmp_path: Path) -> None:
        archive(tmp_path, "train", "test", "val")
        data = read(*FOUR, "{path: d.npz, normalize: true}", "mse", folder=tmp_path)
        assert data.preprocessing.inputs["x"].mean == [0.0] * 4
        assert set(data.x_val.ravel().tolist()) == {2.0}

    def test_a_part_changes_the_fingerprint(self, tmp_path: Path) -> None:
        archive(tmp_path, "train", "test")
        first = read(*FOUR, "./d.npz", "mse", folder=tmp_path).fingerprint
        archive(tmp_path, "train", "test", "val")
        assert read(*FOUR, "./d.npz", "mse", folder=tmp_path).fingerprint != first

    def test_both_kinds_of_validation_are_an_error(self, tmp_path: Path) -> None:
        archive(tmp_path, "train", "test", "val")
        code, place, message = twice(*FOUR, "./d.npz", "mse", tmp_path)
        assert (code, place, "x_val" in message) == ("LC616", "0.2", True)

    def test_half_a_part_is_an_error(self, tmp_path: Path) -> None:
        archive(tmp_path, "train", "test", x_val=np.zeros((3, 4)))
        assert refusal(*FOUR, "./d.npz", "mse", folder=tmp_path)[1].endswith("d.npz has `x_val`, but no `y_val`")

    def test_two_names_for_one_part_are_an_error(self, tmp_path: Path) -> None:
        archive(tmp_path, "train", "test", "val", "valid")
        assert "which is the validation part?" in refusal(*FOUR, "./d.npz", "mse", folder=tmp_path)[1]

    def test_lengths_are_compared(self, tmp_path: Path) -> None:
        archive(tmp_path, "train", "test", x_valid=np.zeros((3, 4)), y_valid=np.zeros(2))
        assert "`x_valid` of" in refusal(*FOUR, "./d.npz", "mse", folder=tmp_path)[1]

    def test_other_arrays_are_told(self, tmp_path: Path) -> None:
        archive(tmp_path, "train", "test", "holdout")
        (note,) = read(*FOUR, "./d.npz", "mse", folder=tmp_path).notes
        assert "also holds `x_holdout`, `y_holdout`: not used" in note

    def test_a_limit_holds_for_each_part(self, tmp_path: Path) -> None:
        archive(tmp_path, "train", "test", "val")
        assert len(read(*FOUR, "./d.npz", "mse", folder=tmp_path, limit=5).x_val) == 5

    def test_a_fixed_batch_size(self, tmp_path: Path) -> None:
        archive(tmp_path, "train", "test", "val")
        text = "inputs: {x: {shape: [4], batch_size: 8}}\nlayers: [{Dense: 1}]\ntrain: {data: ./d.npz, loss: mse, batch_size: 8}"
        compiled = compile_text(text, str(tmp_path / "spec.yaml"))
        assert compiled.document is not None
        want = wanted(compiled.accepted(), compiled.document.train)
        rest, validation = split(load(want), 0.0, 0, want, multiple=8)
        assert validation is not None
        assert (rest.train_samples, len(validation[0]), rest.test_samples) == (8, 24, 16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Images whose grey value tells the part."""
    import PIL.Image

    for shade, (part, count) in enumerate((("train", 5), ("val", 3), ("test", 2))):
        for name in ("cat", "dog"):
            (tmp_path / part / name).mkdir(parents=True)
            for at in range(count):
                PIL.Image.new("L", (4, 4), shade).save(tmp_path / part / name / f"{at}.png")
    return tmp_path


GREY = "i: [4, 4, 1]", "Flatten, " + SOFTMAX % 2
RAW = "{path: %s, rescale: false}"


class TestDirectories:
    @pytest.mark.parametrize("name", ["val", "valid", "validation", "Val"])
    def test_a_part_each(self, name: str, folder: Path) -> None:
        (folder / "val").rename(folder / name)
        data = read(*GREY, RAW % folder)
        for x, count, shade in ((data.x_train, 10, 0), (data.x_val, 6, 1), (data.x_test, 4, 2)):
            assert (len(x), set(x.ravel().tolist())) == (count, {float(shade)})
        assert data.origin == {"train": "train/", "validation": f"{name}/", "test": "test/"}

    def test_parts_that_are_directories_of_their_own(self, folder: Path) -> None:
        text = "{path: train, validation: val, test: test, format: images, rescale: false}"
        data = read(*GREY, text, folder=folder)
        assert [len(x) for x in (data.x_train, data.x_val, data.x_test)] == [10, 6, 4]
        assert set(data.x_val.ravel().tolist()) == {1.0}

    def test_two_validation_parts(self, folder: Path) -> None:
        (folder / "valid" / "cat").mkdir(parents=True)
        assert "which is the validation part?" in refusal(*GREY, str(folder))[1]
        (folder / "valid" / "cat").rmdir()
        (folder / "valid").rmdir()
        assert twice(*GREY, str(folder))[:2] == ("LC616", "0.2")
        assert "names another" in refusal(*GREY, f"{{path: {folder}, validation: {folder / 'test'}, format: images}}")[1]

    def test_parts_without_a_training_part(self, folder: Path) -> None:
        (folder / "train").rename(folder / "cats")
        assert "but no train/" in refusal(*GREY, str(folder))[1]

    def test_a_class_may_be_called_test(self, folder: Path) -> None:
        (folder / "train" / "dog").rename(folder / "train" / "test")
        assert read(*GREY, str(folder / "train")).preprocessing.targets["dense"].classes == ["cat", "test"]

    def test_other_directories_are_told(self, folder: Path) -> None:
        (folder / "test").rename(folder / "holdout")
        data = read(*GREY, str(folder))
        assert "also holds holdout/: not used" in data.notes[0]
        assert (data.train_samples, len(data.x_val), data.test_samples) == (8, 6, 2)

    def test_idx_files(self, tmp_path: Path) -> None:
        for shade, (part, count) in enumerate((("train", 6), ("t10k", 4), ("validation", 2))):
            (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(np.full((count, 4, 4), shade)))
            (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(np.arange(count) % 2))
        data = read(*GREY, f"{{path: {tmp_path}, rescale: false}}")
        for x, count, shade in ((data.x_train, 6, 0), (data.x_test, 4, 1), (data.x_val, 2, 2)):
            assert (len(x), set(x.ravel().tolist())) == (count, {float(shade)})
        assert struct.calcsize(">HBBI") == 8


class TestFiles:
    @pytest.fixture
    def files(self, tmp_path: Path) -> Path:
        head, *rows = TABLE.splitlines()
        for name, some in (("train", rows[:24]), ("val", rows[24:30]), ("test", rows[30:])):
            (tmp_path / f"{name}.csv").write_text("\n".join((head, *some)))
        (tmp_path / "t.csv").write_text(TABLE)
        return tmp_path

    def test_three_files(self, files: Path) -> None:
        data = read(*FIVE, "{path: train.csv, validation: val.csv, test: test.csv}", folder=files)
        assert [len(x) for x in (data.x_train, data.x_val, data.x_test)] == [24, 6, 10]
        assert data.origin == {"train": "train.csv", "validation": "val.csv", "test": "test.csv"}
        assert np.allclose(data.x_train[:, 4].mean(), 0, atol=1e-6)
        assert data.x_val[:, 4].min() > data.x_train[:, 4].max()

    def test_one_part_in_a_file(self, files: Path) -> None:
        data = read(*FIVE, "{path: train.csv, validation: val.csv}", folder=files)
        assert [len(x) for x in (data.x_train, data.x_val, data.x_test)] == [19, 6, 5]
        data = read(*FIVE, "{path: train.csv, test: test.csv}", more=", validation_split: 0.25", folder=files)
        assert (data.train_samples, data.x_val, data.test_samples) == (24, None, 10)

    def test_columns_go_by_name(self, files: Path) -> None:
        rows = [line.split(",") for line in (files / "val.csv").read_text().splitlines()]
        (files / "other.csv").write_text("\n".join(",".join([*reversed(row), "extra"]) for row in rows))
        first, other = (read(*FIVE, f"{{path: train.csv, validation: {name}.csv}}", folder=files) for name in ("val", "other"))
        assert (first.x_val == other.x_val).all()
        assert (first.y_val == other.y_val).all()

    def test_a_column_that_a_part_lacks(self, files: Path) -> None:
        (files / "val.csv").write_text("size,color,weight,kind\n1,red,2,ant\n")
        code, message, help = refusal(*FIVE, "{path: train.csv, validation: val.csv}", folder=files)
        assert (code, "val.csv has no column `colour`" in message, help) == ("LC659", True, "did you mean `color`?")

    def test_parts_without_headers(self, files: Path) -> None:
        for name in ("train", "val"):
            (files / f"{name}.csv").write_text((files / f"{name}.csv").read_text().partition("\n")[2])
        assert len(read(*FIVE, "{path: train.csv, validation: val.csv}", folder=files).x_val) == 6

    @pytest.mark.parametrize(
        ("data", "words"),
        [("validation: none.csv", "there is no file `none.csv`"), ("validation: train.csv", "names the data themselves")],
    )
    def test_files_that_are_none(self, data: str, words: str, files: Path) -> None:
        assert words in refusal(*FIVE, f"{{path: train.csv, {data}}}", folder=files)[1]

    def test_texts(self, tmp_path: Path) -> None:
        for name, count in (("train", 20), ("val", 6)):
            (tmp_path / f"{name}.txt").write_text("".join(f"{kind}\ta {kind}\n" for _ in range(count) for kind in ("in", "out")))
        model = "t: {shape: [3], dtype: int32}", "{Embedding: {input_dim: 9, output_dim: 2}}, Flatten, " + SOFTMAX % 2
        assert len(read(*model, "{path: train.txt, validation: val.txt}", folder=tmp_path).x_val) == 12


def test_evaluation_takes_the_validation_part_of_data_without_a_test_part(folder: Path) -> None:
    fitted = read(*GREY, str(folder)).preprocessing
    (folder / "test").rename(folder.parent / "elsewhere")
    data = read(*GREY, str(folder), fitted=fitted, whole=True)
    assert (data.test_samples, data.origin["test"]) == (6, "val/")


def codes(train: str) -> list[str]:
    compiled = compile_text(f"inputs: {{x: [4]}}\nlayers: [{{Dense: 1}}]\ntrain: {{loss: mse, {train}}}")
    return [diagnostic.code.id for diagnostic in compiled.diagnostics]


@pytest.mark.parametrize(
    ("train", "expected"),
    [
        ("data: {path: t.csv, validation: v.csv}, early_stopping: {monitor: val_loss}", []),
        ("data: ./d.npz, checkpoint: {monitor: val_loss}", []),
        ("data: ./photos, early_stopping: {patience: 2}", []),
        ("data: t.csv, early_stopping: {monitor: val_loss}", ["LC607"]),
        ("data: {path: rows, format: text}, early_stopping: {monitor: val_loss}", ["LC607"]),
        ("data: synthetic, early_stopping: {monitor: val_loss}", ["LC607"]),
        ("data: ./d.npz, checkpoint: {monitor: val_lose}", ["LC607"]),
        ("data: {path: t.csv, validation: v.csv}, validation_split: 0.1", ["LC616"]),
        ("data: {path: d.npz, validation: v.npz}", ["LC209"]),
    ],
)
def test_what_check_knows_of_parts(train: str, expected: list[str]) -> None:
    assert codes(train) == expected


def test_a_spec_of_parts_is_read_like_another() -> None:
    assert codes("data: {path: t.csv, drop: [0, id], dates: {joined: [year, days]}}") == []
    assert compile_text(SPEC % (*FIVE, "{path: t.csv, dates: [a, 1]}", SPARSE, "")).ok
