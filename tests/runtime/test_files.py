"""Data by path: tables, texts, IDX files, directories of images; their preprocessing, and the data that are refused."""

from __future__ import annotations

import gzip
import os
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics.errors import SpecError
from layerctl.runtime.data import Data, load
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.data._words import learnt, numbered

pytestmark = pytest.mark.keras
GIVEN = os.environ.get("LAYERCTL_TEST_DATA_DIR")
SPARSE = "sparse_categorical_crossentropy"
SPEC = """
inputs: {%s}
layers: [%s]
train: {data: %s, loss: %s%s}
"""
SOFTMAX = "{Dense: {units: %d, activation: softmax}}"


def read(inputs: str, layers: str, data: str, loss: str = SPARSE, more: str = "", folder: Path = Path(), **options: Any) -> Data:
    compiled = compile_text(SPEC % (inputs, layers, data, loss, more), str(folder / "spec.yaml"))
    assert compiled.ok, [diagnostic.message for diagnostic in compiled.diagnostics]
    assert compiled.document is not None
    arguments = {name: options.pop(name) for name in ("limit", "fitted", "whole") if name in options}
    return load(wanted(compiled, compiled.document.train, **options), **arguments)


def refusal(*arguments: Any, **options: Any) -> tuple[str, str, str]:
    with pytest.raises(SpecError) as error:
        read(*arguments, **options)
    (diagnostic,) = error.value.diagnostics
    return diagnostic.code.id, diagnostic.message, diagnostic.help or ""


ROWS = 40
TABLE = "size,colour,weight,kind\n" + "".join(
    f"{row % 7},{('red', 'green', 'blue')[row % 3]},{row * 2.5},{('ant', 'bee')[row % 2]}\n" for row in range(ROWS)
)
FIVE = "x: [5]", "{Dense: {units: 2, activation: softmax}}"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_text(TABLE)
    return tmp_path


class TestTables:
    def test_a_table_with_a_header(self, table: Path) -> None:
        data = read(*FIVE, "t.csv", folder=table)
        assert data.x_train.shape == (32, 5)
        assert data.test_samples == 8
        assert str(data.x_train.dtype) == "float32"
        assert np.allclose(data.x_train[:, [0, 4]].mean(axis=0), 0, atol=1e-6)
        assert np.allclose(data.x_train[:, [0, 4]].std(axis=0), 1, atol=1e-6)
        assert set(data.x_train[:, 1:4].ravel()) == {0.0, 1.0}
        assert (data.x_train[:, 1:4].sum(axis=1) == 1).all()
        assert data.preprocessing.targets["dense"].classes == ["ant", "bee"]
        assert sorted(set(data.y_train.tolist())) == [0, 1]

    def test_what_is_learnt_comes_from_the_training_part_alone(self, table: Path) -> None:
        data = read(*FIVE, "t.csv", more=", validation_split: 0.25", folder=table)
        column = data.preprocessing.inputs["x"].columns[2]
        data = read(*FIVE, "{path: t.csv, normalize: false}", more=", validation_split: 0.25", folder=table)
        from layerctl.runtime.data import split

        compiled = compile_text(SPEC % (*FIVE, "{path: t.csv, normalize: false}", SPARSE, ", validation_split: 0.25"), "x")
        assert compiled.document is not None
        rest, aside = split(data, 0.25, 0, wanted(compiled, compiled.document.train))
        assert aside is not None
        assert column.column == "weight"
        assert np.isclose(column.mean, rest.x_train[:, 4].mean())
        assert not np.isclose(column.mean, data.x_train[:, 4].mean())

    def test_the_split_follows_the_seed(self, table: Path) -> None:
        first, again, other = (read(*FIVE, "t.csv", folder=table, seed=seed) for seed in (1, 1, 2))
        assert (first.x_test == again.x_test).all()
        assert not np.array_equal(first.x_test, other.x_test)
        assert first.fingerprint == other.fingerprint
        assert read(*FIVE, "{path: t.csv, test_split: 0.5}", folder=table).test_samples == 20

    def test_without_a_header_and_with_other_delimiters(self, table: Path) -> None:
        body = TABLE.partition("\n")[2]
        for name, text in (("h.csv", body), ("s.csv", body.replace(",", ";")), ("t.tsv", body.replace(",", "\t"))):
            (table / name).write_text(text)
            assert (read(*FIVE, f"./{name}", folder=table).x_train == read(*FIVE, "t.csv", folder=table).x_train).all()

    @pytest.mark.parametrize("target", ["size", "0", "-4"])
    def test_a_target_by_name_and_by_number(self, target: str, table: Path) -> None:
        data = read("x: [6]", "{Dense: 1}", f"{{path: t.csv, target: {target}}}", "mse", folder=table)
        assert sorted(set(data.y_train.ravel().tolist())) == [0, 1, 2, 3, 4, 5, 6]

    def test_the_output_named_as_a_column_predicts_it(self, table: Path) -> None:
        data = read("x: [6]", "{Dense: 1, name: size}", "t.csv", "mse", folder=table)
        assert data.preprocessing.table.target == {"size": ["size"]}

    def test_class_numbers(self, tmp_path: Path) -> None:
        for labels, classes in (((1, 2, 3), ["1", "2", "3"]), ((0, 1, 2), ["0", "1", "2"]), ((0, 2), ["0", "1", "2"])):
            (tmp_path / "t.csv").write_text("".join(f"{row},{labels[row % len(labels)]}\n" for row in range(30)))
            data = read("x: [1]", SOFTMAX % 3, "t.csv", folder=tmp_path)
            assert data.preprocessing.targets["dense"].classes == classes
            assert data.y_train.max() == 2

    def test_the_order_of_the_classes(self, table: Path) -> None:
        data = read(*FIVE, "{path: t.csv, class_names: [bee, ant]}", folder=table)
        assert (data.y_train == 1 - read(*FIVE, "t.csv", folder=table).y_train).all()

    def test_one_hot_labels(self, table: Path) -> None:
        data = read(*FIVE, "{path: t.csv, one_hot: true}", "categorical_crossentropy", folder=table)
        assert data.y_train.shape == (32, 2)

    def test_categories_as_numbers(self, table: Path) -> None:
        text = "{path: t.csv, categorical: index, columns: [colour]}"
        data = read(
            "x: {shape: [1], dtype: int32}",
            "{Embedding: {input_dim: 4, output_dim: 2}}, Flatten, " + SOFTMAX % 2,
            text,
            folder=table,
        )
        assert sorted(set(data.x_train.ravel().tolist())) == [1, 2, 3]
        both = read("x: [8]", SOFTMAX % 2, "{path: t.csv, categorical: {size: one_hot}, columns: [size, weight]}", folder=table)
        assert (both.x_train[:, :7].sum(axis=1) == 1).all()

    def test_columns_by_input(self, table: Path) -> None:
        inputs = "a: [2], b: [3]"
        layers = "{Concatenate: {}, inputs: [a, b]}, " + SOFTMAX % 2
        data = read(inputs, layers, "{path: t.csv, columns: {b: colour, a: [weight, size]}}", folder=table)
        assert [array.shape for array in data.x_train] == [(32, 2), (32, 3)]

    def test_targets_by_output(self, table: Path) -> None:
        layers = "{Dense: {units: 1}, name: u}, {Dense: {units: 2, activation: softmax}, inputs: x, name: v}"
        text = SPEC % ("x: [4]", layers, "{path: t.csv, target: {u: weight, v: kind}}", f"{{u: mse, v: {SPARSE}}}", "")
        compiled = compile_text(text + "outputs: [u, v]\n", str(table / "spec.yaml"))
        assert compiled.ok
        assert compiled.document is not None
        first, second = load(wanted(compiled, compiled.document.train)).y_train
        assert (first.shape, second.shape) == ((32, 1), (32,))

    def test_a_table_of_pixels(self, tmp_path: Path) -> None:
        (tmp_path / "p.csv").write_text("".join(f"{','.join(map(str, range(16)))},{row % 2}\n" for row in range(10)))
        data = read("x: [4, 4, 1]", "Flatten, " + SOFTMAX % 2, "{path: p.csv, normalize: false}", folder=tmp_path)
        assert data.x_train[0, 1, 2, 0] == 6

    def test_unknown_categories_are_none(self, table: Path) -> None:
        fitted = read(*FIVE, "t.csv", folder=table).preprocessing
        (table / "new.csv").write_text("kind,weight,colour,size\nbee,2.5,pink,1\n")
        data = read(*FIVE, "new.csv", folder=table, fitted=fitted, whole=True)
        assert data.x_test[0, 1:4].tolist() == [0, 0, 0]
        assert data.y_test.tolist() == [1]
        assert data.train_samples == 0


HOLES = "a,b,c\n" + "".join(f"{'' if row == 3 else row},{'NA' if row == 5 else 'uv'[row % 2]},{row % 2}\n" for row in range(20))


class TestMissingValues:
    @pytest.fixture
    def holes(self, tmp_path: Path) -> Path:
        (tmp_path / "h.csv").write_text(HOLES)
        return tmp_path

    def test_without_a_policy_there_is_no_training(self, holes: Path) -> None:
        code, message, help = refusal("x: [3]", SOFTMAX % 2, "h.csv", folder=holes)
        assert code == "LC658"
        assert "the column `a` lacks 1 value; the first is in" in message
        assert "h.csv:5" in message
        assert "missing: drop" in help

    @pytest.mark.parametrize("policy", ["drop", "mean", "median", "most_frequent", "{a: mean, b: drop}"])
    def test_policies(self, policy: str, holes: Path) -> None:
        data = read("x: [3]", SOFTMAX % 2, f"{{path: h.csv, missing: {policy}}}", folder=holes)
        assert data.train_samples + data.test_samples == {"drop": 18}.get(policy, 19 if ":" in policy else 20)
        assert np.isfinite(data.x_train).all()

    def test_the_mean_is_that_of_the_training_part(self, holes: Path) -> None:
        column = read("x: [3]", SOFTMAX % 2, "{path: h.csv, missing: mean}", folder=holes).preprocessing.inputs["x"].columns[0]
        assert column.fill == pytest.approx(column.mean)

    def test_missing_targets_are_never_filled_in(self, holes: Path) -> None:
        code, message, help = refusal("x: [2]", SOFTMAX % 2, "{path: h.csv, target: b, missing: mean}", folder=holes)
        assert (code, "the column `b`" in message, "`missing: {b: drop, …}`" in help) == ("LC658", True, True)

    def test_other_marks_of_missing_values(self, holes: Path) -> None:
        (holes / "h.csv").write_text(HOLES.replace("NA", "-9"))
        data = read("x: [3]", SOFTMAX % 2, "{path: h.csv, missing: drop, na_values: ['', '-9']}", folder=holes)
        assert data.train_samples + data.test_samples == 18


REFUSED = {
    "an unknown target": ("{path: t.csv, target: knid}", FIVE, "LC659", "did you mean `kind`?"),
    "a number too far": ("{path: t.csv, target: 4}", FIVE, "LC659", "columns count from 0 to 3"),
    "an unknown column": ("{path: t.csv, columns: [size, wieght]}", FIVE, "LC659", "did you mean `weight`?"),
    "an unknown policy": ("{path: t.csv, missing: {sise: drop}}", FIVE, "LC659", "did you mean `size`?"),
    "another width": ("t.csv", ("x: [4]", SOFTMAX % 2), "LC653", "declare it as `x: [5]`"),
    "too few units": ("{path: t.csv, target: colour}", ("x: [4]", SOFTMAX % 2), "LC654", "give the output 3 units"),
    "texts as targets": ("{path: t.csv, target: colour}", ("x: [4]", "{Dense: 1}"), "LC654", "for classes the loss is"),
    "a class too many": ("{path: t.csv, class_names: [ant]}", FIVE, "LC654", "add it to `class_names`"),
    "fractions for integers": (
        "{path: t.csv, columns: [weight]}",
        ("x: {shape: [1], dtype: int32}", SOFTMAX % 2),
        "LC653",
        "leave out the input's `dtype`",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_tables_are_refused(name: str, table: Path) -> None:
    text, model, code, words = REFUSED[name]
    loss = "mse" if name == "texts as targets" else SPARSE
    actual, _, help = refusal(*model, text, loss, folder=table)
    assert (actual, words in help) == (code, True), help


@pytest.mark.parametrize(("dtype", "number"), [("uint8", -1), ("uint8", 256), ("int32", 3 * 10**9), ("bool", 2)])
def test_numbers_beyond_the_dtype_of_an_input_are_refused(dtype: str, number: int, tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("n,kind\n" + "".join(f"{number},{row % 2}\n" for row in range(20)))
    layers = "{Rescaling: 1.0}, " + SOFTMAX % 2
    code, message, _ = refusal(f"x: {{shape: [1], dtype: {dtype}}}", layers, "n.csv", folder=tmp_path)
    assert (code, f"takes {dtype}, " in message) == ("LC653", True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n3\n", "t.csv:3: 1 values; the first row has 2"),
        ("", "holds no rows"),
        ("a,a\n1,2\n", "two columns are called `a`, the columns 0 and 1"),
        (",".join("a" * 9) + "\n", "9 columns are called `a`, the columns 0, 1, 2, 3, 4, …"),
        (b"a,b\n\xff,2\n", "is no UTF-8 text"),
        ("a,b\n" + "1,2\n" * 20 + "x1,2\n", "holds numbers, but also `x1`"),
        ("a,b\n" + "inf,2\n" * 20, "holds `inf`"),
        ('a,b\n"1,2\n', "t.csv"),
        ("a\n1\n", "no column beside the target"),
    ],
)
def test_damaged_tables(content: str | bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    text = "{path: t.csv, header: true, test_split: 0.01}"
    code, message, help = refusal("x: [1]", "{Dense: 1}", text, "mse", folder=tmp_path)
    assert (code, words in message, bool(help)) == ("LC652", True, True), message


MESSAGES = "".join(
    f"{kind}\t{text} {number}\n"
    for number in range(20)
    for kind, text in (("ham", "see you at home"), ("spam", 'WIN a "cash" prize!'))
)


class TestTexts:
    @pytest.fixture
    def texts(self, tmp_path: Path) -> Path:
        (tmp_path / "messages").write_text(MESSAGES)
        return tmp_path

    def test_words_as_numbers(self, texts: Path) -> None:
        model = (
            "t: {shape: [6], dtype: int32}",
            "{Embedding: {input_dim: 12, output_dim: 2}}, Flatten, {Dense: {units: 1, activation: sigmoid}}",
        )
        data = read(*model, "./messages", "bce", folder=texts)
        assert data.x_train.shape == (32, 6)
        assert data.y_train.shape == (32, 1)
        assert data.preprocessing.targets["dense"].classes == ["ham", "spam"]
        (column,) = data.preprocessing.inputs["t"].columns
        assert len(column.vocabulary) == 10
        assert {"home", "cash"} <= set(column.vocabulary)
        assert 0 <= data.x_train.min() <= data.x_train.max() < 12
        fixed = read(*model, "{path: messages, format: text, vocabulary: [cash, home]}", "bce", folder=texts)
        assert set(fixed.x_train.ravel().tolist()) == {0, 1, 2, 3}

    def test_a_word_twice(self, texts: Path) -> None:
        data = "{path: messages, format: text, vocabulary: [cash, home, cash], sequence_length: 6}"
        code, message, _ = refusal("t: [6]", SOFTMAX % 2, data, folder=texts)
        assert (code, "names `cash` more than once" in message) == ("LC653", True)

    def test_words_are_those_of_keras(self, keras: Any) -> None:
        pytest.importorskip("tensorflow")
        draw = random.Random(0)
        parts = [
            "Home",
            "cash!",
            "don't",
            "ÄRGER",
            "ärger",
            "x_y",
            "[UNK]",
            "a\u00a0b",
            "e\u2003f",
            "\x1c",
            "\v",
            "\t\n",
            "  ",
            "-",
            "ß",
        ]
        texts = np.array(["".join(draw.choices([*parts, " "], k=draw.randint(0, 12))) for _ in range(300)], object)
        for size in (1, 4, 9, 5000):
            layer = keras.layers.TextVectorization(max_tokens=max(size, 3), output_sequence_length=5)
            layer.adapt(texts)
            vocabulary = learnt(texts.tolist(), size)
            assert vocabulary == [str(word) for word in layer.get_vocabulary(include_special_tokens=False)]
            assert np.array_equal(numbered(texts, vocabulary, 5), np.asarray(layer(texts)))

    def test_texts_for_a_layer_of_the_spec(self, texts: Path) -> None:
        layers = (
            "{TextVectorization: {vocabulary: [cash, home], output_mode: multi_hot}}, {Dense: {units: 1, activation: sigmoid}}"
        )
        data = read("t: {shape: [], dtype: string}", layers, "./messages", "bce", folder=texts)
        assert data.x_train.shape == (32,)
        assert all(isinstance(text, str) for text in data.x_train)

    def test_texts_without_a_vocabulary(self, texts: Path) -> None:
        code, _, help = refusal("t: [6]", SOFTMAX % 2, "./messages", folder=texts)
        assert (code, "add `vocabulary: 5000`" in help) == ("LC653", True)


def idx(array: Any) -> bytes:
    array = np.asarray(array, np.uint8)
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


class TestIdx:
    @pytest.fixture
    def files(self, tmp_path: Path) -> Path:
        images = np.arange(10 * 16).reshape(10, 4, 4)
        for part, count in (("train", 10), ("t10k", 5)):
            (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(images[:count]))
            (tmp_path / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.arange(count) % 2)))
        return tmp_path

    def test_a_directory(self, files: Path) -> None:
        data = read("i: [4, 4, 1]", "Flatten, " + SOFTMAX % 2, str(files))
        assert (data.train_samples, data.test_samples) == (10, 5)
        assert data.x_train.max() == pytest.approx(159 / 255)
        flat = read("i: [16]", SOFTMAX % 2, f"{{path: {files}, rescale: false}}")
        assert flat.x_train[1].tolist() == list(range(16, 32))

    def test_a_pair(self, files: Path) -> None:
        path = files / "train-images-idx3-ubyte"
        data = read("i: [4, 4]", "Flatten, " + SOFTMAX % 2, str(path))
        assert (data.train_samples, data.test_samples) == (8, 2)
        (files / "other").write_bytes(idx(np.zeros(10)))
        named = read("i: [4, 4]", "Flatten, " + SOFTMAX % 2, f"{{path: {path}, labels: other}}")
        assert set(named.y_train.tolist()) == {0}

    def test_resized_and_normalized(self, files: Path) -> None:
        data = read("i: [8, 8, 1]", "Flatten, " + SOFTMAX % 2, f"{{path: {files}, image_size: 8, normalize: true}}")
        assert data.x_train.shape == (10, 8, 8, 1)
        assert float(data.x_train.mean()) == pytest.approx(0, abs=1e-6)
        assert float(data.x_train.std()) == pytest.approx(1, abs=1e-6)

    def test_what_is_refused(self, files: Path) -> None:
        model = "i: [4, 4, 1]", "Flatten, " + SOFTMAX % 2
        (files / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.zeros(3))))
        assert "has 10 samples" in refusal(*model, str(files))[1]
        (files / "train-labels-idx1-ubyte.gz").unlink()
        assert "there are no labels beside" in refusal(*model, str(files))[1]
        assert refusal(*model, f"{{path: {files}, format: idx, labels: nowhere}}")[2] == "check `labels`"


class TestImages:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        import PIL.Image

        for part in ("train", "test"):
            for number, name in enumerate(("cat", "dog")):
                (tmp_path / part / name).mkdir(parents=True)
                for at in range(4):
                    pixels = np.full((6 + at, 8, 3), (10 + 100 * number, at, 0), np.uint8)
                    PIL.Image.fromarray(pixels).save(tmp_path / part / name / f"{at}.png")
        (tmp_path / "train" / "cat" / "notes.txt").write_text("no image")
        return tmp_path

    def test_a_part_each(self, folder: Path) -> None:
        data = read("i: [6, 6, 3]", "Flatten, " + SOFTMAX % 2, str(folder))
        assert data.x_train.shape == (8, 6, 6, 3)
        assert data.test_samples == 8
        assert data.y_train.tolist() == [0] * 4 + [1] * 4
        assert data.x_train[0, 0, 0].tolist() == pytest.approx([10 / 255, 0, 0])
        assert data.preprocessing.targets["dense"].classes == ["cat", "dog"]

    def test_no_parts_and_other_forms(self, folder: Path) -> None:
        train = folder / "train"
        data = read("i: [4, 4, 1]", "Flatten, " + SOFTMAX % 2, f"{{path: {train}, test_split: 0.25, rescale: false}}")
        assert (data.train_samples, data.test_samples) == (6, 2)
        assert data.x_train.max() > 30
        assert read("i: [48]", SOFTMAX % 2, str(train)).x_train.shape == (6, 48)
        assert read(
            "i: [null, null, 3]",
            "GlobalAveragePooling2D, " + SOFTMAX % 2,
            f"{{path: {train}, image_size: [3, 5]}}",
        ).x_train.shape == (6, 3, 5, 3)
        normalized = read("i: [4, 4, 3]", "Flatten, " + SOFTMAX % 2, f"{{path: {train}, normalize: true}}")
        assert np.allclose(normalized.x_train.mean(axis=(0, 1, 2)), 0, atol=1e-5)
        assert read("i: [4, 4, 3]", "Flatten, " + SOFTMAX % 2, str(train), limit=3).train_samples == 3

    def test_a_validation_part_is_never_the_test_part(self, folder: Path) -> None:
        (folder / "test").rename(folder / "validation")
        data = read("i: [6, 6, 3]", "Flatten, " + SOFTMAX % 2, str(folder))
        assert (data.train_samples, len(data.x_val), data.test_samples) == (6, 8, 2)

    def test_what_is_refused(self, folder: Path, tmp_path: Path) -> None:
        model = "i: [6, 6, 3]", "Flatten, " + SOFTMAX % 2
        assert "set `image_size` and `color_mode`" in refusal(*model, f"{{path: {folder}, format: images, image_size: 4}}")[2]
        assert "set `image_size` and `color_mode`" in refusal(*model, f"{{path: {folder}, color_mode: grayscale}}")[2]
        (folder / "train" / "cat" / "0.png").write_bytes(b"no image")
        assert "0.png cannot be read as an image" in refusal(*model, str(folder))[1]
        (tmp_path / "empty").mkdir()
        code, message, help = refusal(*model, str(tmp_path / "empty"))
        assert (code, "holds no directories of images" in message, "cat/1.png" in help) == ("LC652", True, True)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\0\1\2\3")
    code, message, help = refusal(*FIVE, "./a.bin", folder=tmp_path)
    assert (code, "is in no format" in message, "`images`: a directory" in help) == ("LC652", True, True)


def test_options_are_checked_when_the_content_shows_the_format(tmp_path: Path) -> None:
    (tmp_path / "table.data").write_text(TABLE)
    assert read(*FIVE, "./table.data", folder=tmp_path).train_samples == 32
    code, message, _ = refusal(*FIVE, "{path: table.data, image_size: 3}", folder=tmp_path)
    assert (code, "which has no option `image_size`" in message) == ("LC652", True)


def test_an_archive_without_a_test_part(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=np.arange(50.0).reshape(10, 5), y_train=np.arange(10) % 2)
    assert "`test_split: 0.2`" in refusal(*FIVE, "./a.npz", folder=tmp_path)[2]
    data = read(*FIVE, "{path: a.npz, test_split: 0.3, normalize: true}", folder=tmp_path)
    assert (data.train_samples, data.test_samples) == (7, 3)
    assert np.allclose(data.x_train.mean(axis=0), 0, atol=1e-6)


@pytest.mark.data
@pytest.mark.skipif(GIVEN is None, reason="LAYERCTL_TEST_DATA_DIR is not set")
class TestRealFiles:
    def test_the_real_idx_files(self) -> None:
        data = read("i: [28, 28, 1]", "Flatten, " + SOFTMAX % 10, f"{GIVEN}/mnist-idx")
        assert (data.train_samples, data.test_samples) == (8000, 2000)
        archive = np.load(f"{GIVEN}/mnist.npz")
        both = np.concatenate([data.x_train, data.x_test]).sum(dtype=np.float64)
        assert both == pytest.approx(archive["x_test"].sum() / 255, rel=1e-4)

    def test_iris(self) -> None:
        data = read("x: [4]", SOFTMAX % 3, f"{GIVEN}/iris/iris.csv")
        assert data.preprocessing.targets["dense"].classes == ["Iris-setosa", "Iris-versicolor", "Iris-virginica"]

    def test_optdigits(self) -> None:
        data = read("x: [8, 8, 1]", "Flatten, " + SOFTMAX % 10, f"{GIVEN}/optdigits/optdigits.tra")
        assert data.train_samples + data.test_samples == 3823

    def test_penguins_have_holes(self) -> None:
        code, message, _ = refusal("x: [9]", SOFTMAX % 3, f"{{path: {GIVEN}/penguins/penguins.csv, target: species}}")
        assert (code, "penguins.csv:5" in message) == ("LC658", True)
