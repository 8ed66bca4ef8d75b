"""Datasets converted for models, and the data that are refused."""

from __future__ import annotations

import gzip
import os
import socket
import struct
import urllib.error
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics.errors import SpecError
from layerctl.runtime.data import Data, _fetch, _idx, _images, load, split
from layerctl.runtime.data._wanted import wanted
from tests.runtime.specs import IMAGE, SPARSE

pytestmark = pytest.mark.keras
GIVEN = os.environ.get("LAYERCTL_TEST_DATA_DIR")


def read(text: str, folder: Path = Path(), **options: Any) -> Data:
    """The data of a spec in `folder`."""
    compiled = compile_text(text, str(folder / "spec.yaml"))
    assert compiled.ok, [diagnostic.message for diagnostic in compiled.diagnostics]
    assert compiled.document is not None
    limit = options.pop("limit", None)
    return load(wanted(compiled, compiled.document.train, **options), limit=limit)


def refusal(text: str, folder: Path = Path(), **options: Any) -> tuple[str, str, str]:
    """Code, message and help of the only diagnostic; checks that its place is where the spec names the data."""
    with pytest.raises(SpecError) as error:
        read(text, folder, **options)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.span.source.path.endswith("spec.yaml")
    return diagnostic.code.id, diagnostic.message, diagnostic.help or ""


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("28, 28, 1", (28, 28, 1)),
        ("28, 28", (28, 28)),
        ("784", (784,)),
        ("64", (64,)),
        ("8, 8, 1", (8, 8, 1)),
        ("32, 32, 3", (32, 32, 3)),
        ("16, 20, 1", (16, 20, 1)),
    ],
)
def test_digits_are_resized_to_the_input(shape: str, expected: tuple[int, ...]) -> None:
    data = read(IMAGE % (shape, "digits", SPARSE))
    assert data.x_train.shape == (3823, *expected)
    assert data.x_test.shape == (1797, *expected)
    assert str(data.x_train.dtype) == "float32"
    assert 0 <= data.x_train.min() < data.x_train.max() <= 1
    assert sorted(set(data.y_test.tolist())) == list(range(10))


def test_the_digits_are_the_published_ones() -> None:
    data = read(IMAGE % ("8, 8", "digits", SPARSE))
    first = [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]  # the first line of optdigits.tes
    assert (data.x_test[0].ravel()[:16] * 16).tolist() == first
    assert data.y_test[0] == 0
    assert np.bincount(data.y_train).tolist() == [376, 389, 380, 389, 387, 376, 377, 387, 380, 382]


def test_labels_are_one_hot_where_the_loss_wants_it() -> None:
    index = read(IMAGE % ("8, 8", "digits", SPARSE)).y_train
    assert (read(IMAGE % ("8, 8", "digits", "categorical_crossentropy")).y_train == np.eye(10)[index]).all()


def test_pixels_can_keep_their_range() -> None:
    floats = read(IMAGE % ("8, 8", "{name: digits, rescale: false}", SPARSE))
    assert floats.x_train.max() == 255
    text = IMAGE.replace("[%s]", "{shape: [%s], dtype: uint8}") % ("8, 8", "{name: digits, rescale: false}", SPARSE)
    assert str(read(text).x_train.dtype) == "uint8"


@pytest.mark.parametrize(("old", "new"), [(8, 28), (28, 14), (28, 28), (28, 9), (3, 7)])
def test_resizing_keeps_constants_and_means(old: int, new: int) -> None:
    weights = _images.weights(old, new)
    assert weights.shape == (new, old)
    assert np.allclose(weights.sum(axis=1), 1)
    assert (weights >= 0).all()
    assert np.allclose(weights[:, ::-1][::-1], weights, atol=1e-6)
    if new > old:
        ramp = weights @ np.arange(old)
        inner = (np.arange(new) + 0.5) * old / new - 0.5
        assert np.allclose(ramp, np.clip(inner, 0, old - 1), atol=1e-5)


SYNTHETIC = "inputs: {%s}\nlayers: [%s]\n%s\ntrain: {data: synthetic, loss: %s}"


@pytest.mark.parametrize(
    ("inputs", "layers", "loss", "x", "y"),
    [
        ("r: [5]", "{Dense: {units: 4, activation: softmax}}", SPARSE, (5,), ()),
        ("r: [5]", "{Dense: {units: 4, activation: softmax}}", "categorical_crossentropy", (5,), (4,)),
        ("r: [5]", "{Dense: {units: 1, activation: sigmoid}}", "binary_crossentropy", (5,), (1,)),
        ("r: [5]", "{Dense: 2}", "mse", (5,), (2,)),
        ("r: []", "{Reshape: [1]}, {Dense: 1}", "mse", (), (1,)),
        ("i: [null, null, 3]", "{Conv2D: {filters: 2, kernel_size: 3, activation: sigmoid}}", "bce", (32, 32, 3), (30, 30, 2)),
        ("s: [6, 8]", "{Dense: 4}", "ctc", (6, 8), (2,)),
        ("r: [40]", "{Dense: 40}", "huber", (40,), (40,)),
    ],
)
def test_synthetic_data_have_the_form_that_model_and_loss_want(
    inputs: str, layers: str, loss: str, x: tuple[int, ...], y: tuple[int, ...]
) -> None:
    data = read(SYNTHETIC % (inputs, layers, "", loss))
    assert data.x_train.shape == (data.train_samples, *x)
    assert data.y_train.shape == (data.train_samples, *y)
    assert data.x_test.shape[1:] == x
    assert data.test_samples == 1000


def test_synthetic_tokens_stay_in_the_vocabulary_of_what_looks_them_up() -> None:
    layers = "{Reshape: [2, 4]}, {Embedding: {input_dim: 7, output_dim: 3}}, Flatten, {Dense: {units: 1, activation: sigmoid}}"
    data = read(SYNTHETIC % ("t: {shape: [8], dtype: int32}", layers, "", "bce"))
    assert str(data.x_train.dtype) == "int32"
    assert 1 <= data.x_train.min() < data.x_train.max() == 6


SEVERAL = """
inputs: {a: [2], b: [3, 4]}
layers:
  - Flatten:
    inputs: b
  - Concatenate:
    inputs: [a, flatten]
  - Dense: {units: 3, activation: softmax}
    name: kind
  - Dense: 1
    inputs: concatenate
    name: size
outputs: %s
train: {data: synthetic, loss: {kind: sparse_categorical_crossentropy, size: mse}}
"""


def test_synthetic_data_for_several_inputs_and_outputs() -> None:
    keyed = read(SEVERAL % "{kind: kind, size: size}")
    assert [array.shape[1:] for array in keyed.x_train] == [(2,), (3, 4)]
    assert {name: array.shape[1:] for name, array in keyed.y_train.items()} == {"kind": (), "size": (1,)}
    assert [array.shape[1:] for array in read(SEVERAL % "[kind, size]").y_train] == [(), (1,)]


def test_synthetic_data_follow_the_seed() -> None:
    text = SYNTHETIC % ("r: [5]", "{Dense: 2}", "", "mse")
    first, again, other = (read(text, seed=seed) for seed in (1, 1, 2))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert (first.x_train == again.x_train).all()


def test_a_linear_rule_finds_the_synthetic_classes() -> None:
    """Least squares on the one-hot labels: even the simplest model can learn the data."""
    data = read(SYNTHETIC % ("r: [20]", "{Dense: {units: 4, activation: softmax}}", "", SPARSE))
    rule, *_ = np.linalg.lstsq(np.c_[data.x_train, np.ones(data.train_samples)], np.eye(4)[data.y_train], rcond=None)
    predicted = (np.c_[data.x_test, np.ones(data.test_samples)] @ rule).argmax(axis=1)
    assert (predicted == data.y_test).mean() > 0.9


X = np.linspace(0, 1, 60 * 5, dtype=np.float32).reshape(60, 5)
Y = np.arange(60) % 3
NPZ = "inputs: {r: [5]}\nlayers: [{Dense: {units: 3, activation: softmax}}]\ntrain: {data: ./a.npz, loss: %s}"


def archive(folder: Path, **changed: Any) -> None:
    arrays = {"x_train": X, "y_train": Y, "x_test": X[:9], "y_test": Y[:9]} | changed
    np.savez(folder / "a.npz", **{name: array for name, array in arrays.items() if array is not None})


def test_an_archive_beside_the_spec(tmp_path: Path) -> None:
    archive(tmp_path)
    data = read(NPZ % SPARSE, tmp_path)
    assert (data.x_train == X).all()
    assert data.test_samples == 9
    assert (read(NPZ % "categorical_crossentropy", tmp_path).y_train == np.eye(3)[Y]).all()


def test_an_axis_of_one_channel_is_added(tmp_path: Path) -> None:
    archive(tmp_path, x_train=np.zeros((60, 4, 4), np.uint8), x_test=np.zeros((9, 4, 4), np.uint8), y_train=Y, y_test=Y[:9])
    data = read((IMAGE % ("4, 4, 1", "./a.npz", SPARSE)), tmp_path)
    assert data.x_train.shape == (60, 4, 4, 1)
    assert str(data.x_train.dtype) == "float32"


def test_sequences_of_labels(tmp_path: Path) -> None:
    """A row of class numbers for each sample, shorter than the output; 0 is the blank of CTC and fills up."""
    spec = "inputs: {x: [6, 3]}\nlayers: [{Dense: 5}]\ntrain: {data: ./a.npz, loss: ctc}\n"
    steps, labels = np.zeros((60, 6, 3), np.float32), np.array([[1, 4], [2, 0]] * 30)
    archive(tmp_path, x_train=steps, x_test=steps[:9], y_train=labels, y_test=labels[:9])
    assert (read(spec, tmp_path).y_train == labels).all()
    archive(tmp_path, x_train=steps, x_test=steps[:9], y_train=labels + 1, y_test=labels[:9])
    with pytest.raises(SpecError, match="5 units take the labels 0 to 4"):
        read(spec, tmp_path)
    archive(tmp_path, x_train=steps, x_test=steps[:9], y_train=labels[:, 0], y_test=labels[:9, 0])
    with pytest.raises(SpecError, match="sequences of class numbers"):
        read(spec, tmp_path)


HOLED = X.copy()
HOLED[7, 1] = np.nan
REFUSED: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "a missing key": ({"x_test": None, "X_test": X}, SPARSE, "LC652", "has no `x_test`"),
    "lengths": ({"y_train": Y[:50]}, SPARSE, "LC652", "60 samples, `y_train` has 50"),
    "objects": ({"x_train": X.astype(object)}, SPARSE, "LC652", "never unpickled"),
    "text": ({"x_train": X.astype(str)}, SPARSE, "LC653", "a model takes numbers"),
    "a shape": ({"x_train": X[:, :4]}, SPARSE, "LC653", "is (60, 4); the input `r` is (batch, 5)"),
    "a hole": ({"x_train": HOLED}, SPARSE, "LC653", "the first is in sample 7"),
    "labels from 1": ({"y_train": Y + 1}, SPARSE, "LC654", "goes from 1 to 3; 3 units take the labels 0 to 2"),
    "labels below 0": ({"y_train": Y - 1}, SPARSE, "LC654", "goes from -1 to 1"),
    "one-hot labels": ({"y_train": np.eye(3)[Y]}, SPARSE, "LC654", "takes class numbers"),
    "fractions": ({"y_train": Y + 0.5}, SPARSE, "LC654", "holds fractions"),
    "labels as targets": ({}, "mse", "LC654", "the output `dense` is (batch, 3)"),
    "three classes as two": ({"y_train": np.tile(Y[:, None], 3)}, "bce", "LC654", "takes two classes"),
    "classes -1 and 1": ({"y_train": np.where(Y[:, None] > [0, 1, 0], 1, -1)}, "bce", "LC654", "takes two classes, 0 and 1"),
    "classes beyond -1 and 1": ({"y_train": np.tile(Y[:, None], 3)}, "hinge", "LC654", "takes two classes, -1 and 1"),
    "counts as probabilities": ({"y_train": np.tile(Y[:, None], 3) * 2.0}, "categorical_crossentropy", "LC654", "from 0 to 1"),
    "negative probabilities": ({"y_train": np.tile(Y[:, None], 3) - 1.0}, "kl_divergence", "LC654", "goes from -1 to 1"),
    "floats beyond float32": ({"x_train": X.astype(float) * 1e300}, SPARSE, "LC653", "takes float32"),
    "names of classes that come again": (
        {"class_names": np.array(["a", "b", "a"])},
        SPARSE,
        "LC654",
        "the name `a` more than once",
    ),
    "too few names of classes": ({"class_names": np.array(["a", "b"])}, SPARSE, "LC654", "the labels go up to 2"),
    "too few names for labels in a column": (
        {"class_names": np.array(["a", "b"]), "y_train": Y[:, None]},
        SPARSE,
        "LC654",
        "the labels go up to 2",
    ),
    "a single value": ({"x_train": np.float32(1)}, SPARSE, "LC652", "is a single value"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_archive_with_wrong_arrays_is_refused(name: str, tmp_path: Path) -> None:
    changed, loss, code, words = REFUSED[name]
    archive(tmp_path, **changed)
    actual, message, help = refusal(NPZ % loss, tmp_path)
    assert actual == code
    assert words in message
    assert help


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int32", "float16"])
def test_values_beyond_the_dtype_of_an_input_are_refused(dtype: str, tmp_path: Path) -> None:
    spec = (NPZ % SPARSE).replace("[5]}", f"{{shape: [5], dtype: {dtype}}}}}").replace("[{D", "[{Rescaling: 1.0}, {D")
    greatest = 1 if dtype == "bool" else 2**15 if dtype == "float16" else np.iinfo(dtype).max
    x = np.full((60, 5), greatest, np.float64 if dtype == "float16" else np.int64)
    archive(tmp_path, x_train=x, x_test=x[:9])
    assert np.array_equal(read(spec, tmp_path).x_train, x)
    for beyond in (x * 2, -x * 3):
        archive(tmp_path, x_train=beyond, x_test=x[:9])
        code, message, help = refusal(spec, tmp_path)
        assert (code, f"takes {dtype}, " in message) == ("LC653", True)
        assert ("scale" if dtype == "float16" else "leave out the input's `dtype`") in help


def test_labels_of_hinge_may_be_signed(tmp_path: Path) -> None:
    signed = np.where(Y > 0, 1.0, -1.0)[:, None]
    archive(tmp_path, y_train=signed, y_test=signed[:9])
    spec = (NPZ % "hinge").replace("units: 3, activation: softmax", "units: 1, activation: tanh")
    assert np.array_equal(read(spec, tmp_path).y_train, signed)


@pytest.mark.parametrize("damage", [b"", b"garbage", b"PK\x03\x04 cut off"])
def test_a_file_that_is_not_an_archive(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(damage)
    assert refusal(NPZ % SPARSE, tmp_path)[0] == "LC652"


def test_a_damaged_archive(tmp_path: Path) -> None:
    archive(tmp_path)
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[300] ^= 255
    (tmp_path / "a.npz").write_bytes(content)
    assert "Bad CRC-32" in refusal(NPZ % SPARSE, tmp_path)[1]


def test_a_path_to_nothing(tmp_path: Path) -> None:
    code, message, help = refusal(NPZ % SPARSE, tmp_path)
    assert (code, "no file `./a.npz`" in message, "digits" in help) == ("LC651", True, True)


def test_tokens_out_of_range(tmp_path: Path) -> None:
    archive(tmp_path, x_train=np.full((60, 5), 9))
    text = "inputs: {r: {shape: [5], dtype: int32}}\nlayers: [{Embedding: {input_dim: 9, output_dim: 2}}, Flatten, {Dense: 3}]\n"
    text += "train: {data: ./a.npz, loss: {SparseCategoricalCrossentropy: {from_logits: true}}}"
    code, message, help = refusal(text, tmp_path)
    assert (code, help) == ("LC653", "`input_dim: 10` has a row for each")
    assert "0 to 8" in message


def test_a_limit_takes_some_of_every_class(tmp_path: Path) -> None:
    archive(tmp_path, y_train=np.sort(Y))
    data = read(NPZ % SPARSE, tmp_path, limit=20)
    assert data.train_samples == 20
    assert set(data.y_train.tolist()) == {0, 1, 2}
    assert data.fingerprint == read(NPZ % SPARSE, tmp_path).fingerprint


def test_the_split_is_by_seed_and_complete(tmp_path: Path) -> None:
    archive(tmp_path)
    compiled = compile_text(NPZ % SPARSE, str(tmp_path / "spec.yaml"))
    assert compiled.document is not None
    want = wanted(compiled, compiled.document.train)
    data = load(want)
    rest, aside = split(data, 0.25, 3, want)
    assert aside is not None
    assert (rest.train_samples, len(aside[0])) == (45, 15)
    both = np.concatenate([rest.x_train, aside[0]])
    assert sorted(both[:, 0].tolist()) == sorted(X[:, 0].tolist())
    assert (split(data, 0.25, 3, want)[0].x_train == rest.x_train).all()
    assert not (split(data, 0.25, 4, want)[0].x_train == rest.x_train).all()
    assert split(data, 0.0, 3, want) == (data, None)
    fitting, _ = split(data, 0.0, 3, want, multiple=8)
    assert (fitting.train_samples, fitting.test_samples) == (56, 8)
    with pytest.raises(SpecError, match="LC655"):
        split(data, 0.999, 3, want)


def test_a_file_of_that_name_with_other_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "mnist.npz", x_train=X, y_train=Y, x_test=X, y_test=Y)
    code, message, help = refusal(IMAGE % ("28, 28", "mnist", SPARSE), data_dir=tmp_path)
    assert code == "LC652"
    assert "is not mnist" in message
    assert "give its path" in help


def test_without_a_network_the_message_says_what_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keras: Any) -> None:
    def offline(*_: Any, **__: Any) -> str:
        raise Exception("URL fetch failure on https://…: None -- [Errno -2] Name or service not known")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("LAYERCTL_DATA_DIR", raising=False)
    monkeypatch.setattr(keras.utils, "get_file", offline)
    code, message, help = refusal(IMAGE % ("28, 28", "mnist", SPARSE), data_dir=tmp_path)
    assert code == "LC651"
    assert message.endswith("[Errno -2] Name or service not known")
    assert f"put mnist.npz into {tmp_path}" in help
    assert all(word in help for word in ("--data-dir", "LAYERCTL_DATA_DIR", "`digits`", "`synthetic`"))
    assert not list((tmp_path / "cache").rglob(".*"))


def test_a_download_is_whole_or_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keras: Any) -> None:
    """Served from a file, so that Keras's own code tests the checksum; wrong bytes leave no file behind."""
    from layerctl.catalog.datasets import find
    from layerctl.catalog.datasets._base import File

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    source = tmp_path / "source"
    source.write_bytes(b"other bytes")
    compiled = compile_text(IMAGE % ("28, 28", "mnist", SPARSE), "spec.yaml")
    assert compiled.document is not None
    want, facts = wanted(compiled, compiled.document.train), find("mnist")
    assert facts is not None
    target = tmp_path / "datasets" / "mnist.npz"
    with pytest.raises(SpecError, match="LC651"):
        _fetch._download(File("mnist.npz", source.as_uri(), f"sha256:{'0' * 64}"), target, facts, want)
    assert list((tmp_path / "datasets").iterdir()) == []
    import hashlib

    good = File("mnist.npz", source.as_uri(), f"sha256:{hashlib.sha256(b'other bytes').hexdigest()}")
    assert _fetch._download(good, target, facts, want).read_bytes() == b"other bytes"
    assert list((tmp_path / "datasets").iterdir()) == [target]


SMALL = {
    "x_train": np.zeros((3, 2, 2), np.uint8),
    "y_train": np.arange(3),
    "x_test": np.ones((2, 2, 2), np.uint8),
    "y_test": np.arange(2),
}


def small_set(folder: Path) -> tuple[Any, Any]:
    """A named dataset that is published as one small file, and a model's requirements; Keras's cache is in `folder`."""
    import hashlib

    from layerctl.catalog.datasets import find
    from layerctl.catalog.datasets._base import File

    np.savez(folder / "source.npz", **SMALL)
    checksum = hashlib.sha256((folder / "source.npz").read_bytes()).hexdigest()
    facts = find("mnist")
    assert facts is not None
    file = File("mnist.npz", (folder / "source.npz").as_uri(), f"sha256:{checksum}")
    compiled = compile_text(IMAGE % ("28, 28", "mnist", SPARSE), "spec.yaml")
    assert compiled.document is not None
    (folder / "datasets").mkdir()
    return facts._replace(files=(file,), size=(2, 2), train=3, test=2), wanted(compiled, compiled.document.train)


@pytest.mark.parametrize("damage", [b"", b"garbage", "cut", "flipped"])
def test_a_damaged_file_in_the_cache_is_replaced(
    damage: bytes | str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keras: Any
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("LAYERCTL_DATA_DIR", raising=False)
    facts, want = small_set(tmp_path)
    content = (tmp_path / "source.npz").read_bytes()
    flipped = content[:100] + bytes([content[100] ^ 255]) + content[101:]
    damaged = damage if isinstance(damage, bytes) else content[:-50] if damage == "cut" else flipped
    (tmp_path / "datasets" / "mnist.npz").write_bytes(damaged)
    assert (_fetch.load(facts, want).x_test == 1).all()
    assert (tmp_path / "datasets" / "mnist.npz").read_bytes() == content
    assert [path.name for path in (tmp_path / "datasets").iterdir()] == ["mnist.npz"]


@pytest.mark.parametrize(
    ("failure", "attempts"),
    [(TimeoutError("timed out"), 3), (ConnectionResetError("reset"), 3), (socket.gaierror(-2, "Name or service not known"), 1)],
)
def test_a_temporary_failure_is_tried_again(
    failure: OSError, attempts: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keras: Any
) -> None:
    calls = []

    def broken(*_: Any, **__: Any) -> str:
        calls.append(1)
        try:
            raise urllib.error.URLError(failure)
        except urllib.error.URLError as error:
            raise Exception(f"URL fetch failure: None -- {error.reason}") from error

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(_fetch, "PAUSE", 0)
    monkeypatch.setattr(keras.utils, "get_file", broken)
    facts, want = small_set(tmp_path)
    with pytest.raises(SpecError, match="LC651"):
        _fetch.load(facts, want)
    assert len(calls) == attempts


def test_idx_files(tmp_path: Path) -> None:
    array = np.arange(24, dtype=">i4").reshape(2, 3, 4)
    raw = struct.pack(">HBBIII", 0, 0x0C, 3, 2, 3, 4) + array.tobytes()
    (tmp_path / "plain").write_bytes(raw)
    (tmp_path / "packed").write_bytes(gzip.compress(raw))
    compiled = compile_text(IMAGE % ("28, 28", "digits", SPARSE), "spec.yaml")
    assert compiled.document is not None
    want = wanted(compiled, compiled.document.train)
    for name in ("plain", "packed"):
        read = _idx.read(tmp_path / name, want)
        assert read.dtype == np.int32
        assert (read == array).all()
    for number, bad in enumerate((raw[:-1], raw[1:], b"", gzip.compress(raw)[:20])):
        (tmp_path / str(number)).write_bytes(bad)
        with pytest.raises(SpecError, match="no IDX file"):
            _idx.read(tmp_path / str(number), want)


@pytest.mark.data
@pytest.mark.skipif(GIVEN is None, reason="LAYERCTL_TEST_DATA_DIR is not set")
@pytest.mark.parametrize("shape", ["28, 28, 1", "784"])
def test_the_real_mnist(shape: str) -> None:
    data = read(IMAGE % (shape, "mnist", SPARSE), data_dir=GIVEN)
    assert data.train_samples == 60_000
    assert data.test_samples == 10_000
    assert data.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert abs(float(data.x_train.mean()) - 0.1307) < 1e-3
    small = read(IMAGE % ("14, 14", "{name: mnist, image_size: 14}", SPARSE), data_dir=GIVEN, limit=100)
    assert small.x_train.shape == (100, 14, 14)


@pytest.mark.data
@pytest.mark.skipif(GIVEN is None, reason="LAYERCTL_TEST_DATA_DIR is not set")
def test_the_folder_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERCTL_DATA_DIR", str(GIVEN))
    assert read(IMAGE % ("28, 28", "fashion_mnist", SPARSE), limit=10).train_samples == 10
