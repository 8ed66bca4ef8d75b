"""Pictures from files and from arrays: the same values in training, `evaluate` and `predict`; every mode; directories."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import PIL.Image
import pytest

from layerctl.analysis.data.wanted import Wanted
from layerctl.base import image_files
from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics.errors import SpecError
from layerctl.runs.preprocessing import ImageForm, Preprocessing
from layerctl.runtime.data import Data, _pictures, load
from layerctl.runtime.data._left_out import LeftOut
from layerctl.runtime.data._types import Array
from layerctl.runtime.data._wanted import wanted
from layerctl.runtime.data.images import Images
from layerctl.runtime.training.predict import samples_of

pytestmark = pytest.mark.keras
SPEC = """
inputs: {{image: {shape}}}
layers: [Flatten, {{Dense: {{units: {units}, activation: softmax}}}}]
train: {{data: {data}, loss: sparse_categorical_crossentropy}}
"""
GREY, COLOUR = "[6, 6, 1]", "[6, 6, 3]"


def want(data: str, shape: str = GREY, units: int = 2) -> Wanted:
    compiled = compile_text(SPEC.format(shape=shape, units=units, data=data), "spec.yaml")
    assert compiled.ok, [diagnostic.message for diagnostic in compiled.diagnostics]
    assert compiled.document is not None
    return wanted(compiled, compiled.document.train)


def predicted(fitted: Preprocessing, file: Path, of: Wanted) -> Array:
    """The values that the model gets of a file in `predict`."""
    trained: Any = SimpleNamespace(fitted=fitted)
    return np.concatenate([piece.arrays[0] for piece in samples_of(str(file), trained, of, Images(of, fitted))])


def refused(call: Any, *arguments: Any, **options: Any) -> tuple[str, str, tuple[str, ...]]:
    with pytest.raises(SpecError) as error:
        call(*arguments, **options)
    (diagnostic,) = error.value.diagnostics
    return diagnostic.message, diagnostic.help or "", diagnostic.trace


def pictures(channels: int = 1, count: int = 4) -> Array:
    """8-bit pictures of 6×6 pixels, the first of which is the one that is predicted."""
    made = np.random.default_rng(7).integers(0, 256, (count, 6, 6, channels)).astype(np.uint8)
    made[0, 0, 0], made[0, 5, 5] = 255, 0
    return made


def save(pixels: Array, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(file)
    return file


def directory(at: Path, x: Array) -> Path:
    """Training and test part alike, the first picture first."""
    for part in ("train", "test"):
        for number, pixels in enumerate(x):
            save(pixels, at / part / ("0" if number < len(x) // 2 else "1") / f"{number}.png")
    return at


def archive(at: Path, x: Array) -> Path:
    y = (np.arange(len(x)) >= len(x) // 2).astype(int)
    np.savez(at, x_train=x, y_train=y, x_test=x, y_test=y)
    return at


def saved(kind: str, at: Path, x: Array) -> str:
    """Training data of some kind, as `data` of a spec, whose first sample is the first picture."""
    path, *options = kind.split(", ")
    more = "".join(f", {option}" for option in options)
    if path == "directory":
        return f"{{path: {directory(at / 'd', x)}{more}}}"
    values = {
        "uint8": x, "int64": x.astype(np.int64), "uint16": x.astype(np.uint16) * 257, "0 to 1": (x / 255).astype(np.float32),
        "0 to 255": x.astype(np.float32), "float64": x / 255,
    }[path]  # fmt: skip
    return f"{{path: {archive(at / 'd.npz', values)}{more}}}"


KINDS = (
    "directory", "directory, rescale: false", "directory, normalize: true", "uint8", "uint8, rescale: true",
    "uint8, normalize: true", "int64", "int64, rescale: true", "uint16", "uint16, rescale: true", "0 to 1", "0 to 255",
    "0 to 255, rescale: true", "float64",
)  # fmt: skip


class TestOneWay:
    """The first training sample, given to `predict` in other forms, arrives as it did in training."""

    @pytest.mark.parametrize("channels", [1, 3])
    @pytest.mark.parametrize("kind", KINDS)
    def test_files_and_arrays_of_integers(self, kind: str, channels: int, tmp_path: Path) -> None:
        x = pictures(channels)
        of = want(saved(kind, tmp_path, x), COLOUR if channels == 3 else GREY)
        data = load(of)
        files = [save(x[0], tmp_path / name) for name in ("p.png", "p.BMP", "p.tif", "p.tiff", "p.webp")]
        files = [file for file in files if file.suffix != ".webp"]  # lossy by default
        np.save(tmp_path / "one.npy", x[0])
        np.save(tmp_path / "some.npy", x)
        if "uint16" not in kind:
            np.save(tmp_path / "wide.npy", x[:1].astype(np.int64))
            files.append(tmp_path / "wide.npy")
        if not kind.startswith("uint16"):
            files += [tmp_path / "one.npy", tmp_path / "some.npy"]
        for file in files:
            got = predicted(data.preprocessing, file, of)
            assert got[:1] == pytest.approx(data.x_train[:1], abs=1e-5), file.name
            assert got.dtype == data.x_train.dtype

    @pytest.mark.parametrize("shape", ["[36]", "[6, 6]"])
    @pytest.mark.parametrize("kind", ["directory", "directory, rescale: false"])
    def test_inputs_without_channels(self, kind: str, shape: str, tmp_path: Path) -> None:
        x = pictures()
        of = want(saved(kind, tmp_path, x), shape)
        data = load(of)
        np.save(tmp_path / "flat.npy", x.reshape(4, 36) if shape == "[36]" else x[..., 0])
        for file in (save(x[0], tmp_path / "p.png"), tmp_path / "flat.npy"):
            assert predicted(data.preprocessing, file, of)[:1] == pytest.approx(data.x_train[:1], abs=1e-5)

    @pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("directory")])
    def test_the_same_array_gets_the_same_values(self, kind: str, tmp_path: Path) -> None:
        of = want(saved(kind, tmp_path, pictures()))
        data = load(of)
        np.save(tmp_path / "x.npy", np.load(tmp_path / "d.npz")["x_train"])
        assert predicted(data.preprocessing, tmp_path / "x.npy", of) == pytest.approx(data.x_train, abs=1e-6)

    @pytest.mark.parametrize("rescale", ["true", "false"])
    @pytest.mark.parametrize("side", [8, 11])
    def test_named_sets(self, rescale: str, side: int, tmp_path: Path) -> None:
        of = want(f"{{name: digits, rescale: {rescale}}}", f"[{side}, {side}, 1]", 10)
        fitted = load(of, limit=3).preprocessing
        pixels = np.arange(64, dtype=np.uint8).reshape(8, 8, 1) * 4
        np.save(tmp_path / "p.npy", pixels[..., 0])
        np.save(tmp_path / "batch.npy", pixels[None])
        from_file = predicted(fitted, save(pixels, tmp_path / "p.png"), of)
        assert from_file.max() == pytest.approx(252 / 255 if rescale == "true" else 252, rel=0.02)
        for name in ("p.npy", "batch.npy"):
            assert predicted(fitted, tmp_path / name, of) == pytest.approx(from_file, abs=1e-6)

    def test_pictures_of_another_size_and_other_channels(self, tmp_path: Path) -> None:
        of = want(saved("directory", tmp_path, pictures()))
        fitted = load(of).preprocessing
        large = np.random.default_rng(1).integers(0, 256, (13, 9, 3)).astype(np.uint8)
        np.save(tmp_path / "one.npy", large)
        np.save(tmp_path / "some.npy", large[None])
        from_file = predicted(fitted, save(large, tmp_path / "p.png"), of)
        assert from_file.shape == (1, 6, 6, 1)
        for name in ("one.npy", "some.npy"):
            assert (predicted(fitted, tmp_path / name, of) == from_file).all()

    @pytest.mark.parametrize("kind", ["directory", "directory, rescale: false", "uint8", "0 to 1", "0 to 255"])
    def test_16_bits_as_a_file_and_as_an_array(self, kind: str, tmp_path: Path) -> None:
        x = pictures()
        of = want(saved(kind, tmp_path, x))
        fitted = load(of).preprocessing
        deep = x[0, ..., 0].astype(np.uint16) * 257
        PIL.Image.fromarray(deep).save(tmp_path / "deep.png")
        got = predicted(fitted, tmp_path / "deep.png", of)
        assert got == pytest.approx(predicted(fitted, save(x[0], tmp_path / "p.png"), of), abs=1e-4)
        if kind in ("directory", "0 to 1"):
            np.save(tmp_path / "deep.npy", deep)
            assert predicted(fitted, tmp_path / "deep.npy", of) == pytest.approx(got, abs=1e-6)

    @pytest.mark.parametrize("kind", KINDS)
    def test_evaluation_on_other_kinds_of_data(self, kind: str, tmp_path: Path) -> None:
        x = pictures()
        data = load(want(saved(kind, tmp_path, x)))
        (tmp_path / "other").mkdir()
        others = ["directory", "directory, rescale: false"]
        others += ["uint8", "uint8, rescale: true"] if "uint16" not in kind else []
        for number, other in enumerate(others):
            (at := tmp_path / "other" / str(number)).mkdir()
            tested = load(want(saved(other, at, x)), fitted=data.preprocessing, whole=True)
            assert tested.x_test == pytest.approx(data.x_test, abs=1e-5), other

    def test_a_model_of_arrays_on_a_named_set(self, tmp_path: Path) -> None:
        digits = want("digits", "[8, 8, 1]", 10)
        for kind, white in (("uint8", 255), ("0 to 1", 1), ("uint16", 65535)):
            (at := tmp_path / kind).mkdir()
            fitted = load(want(saved(kind, at, np.repeat(pictures(), 2, axis=0)[:, :, :, :1]), GREY)).preprocessing
            assert load(digits, limit=5, fitted=fitted).x_test.max() == white


UNKNOWN = {
    "negative": np.linspace(-1, 1, 4 * 36, dtype=np.float32),
    "a mask": np.arange(4 * 36) % 2,
    "bytes of a mask": (np.arange(4 * 36) % 2).astype(np.uint8),
    "few levels": (np.arange(4 * 36) % 10).astype(np.float32),
    "large": np.arange(4 * 36) * 1000,
}


class TestUnknownRanges:
    @pytest.mark.parametrize("values", UNKNOWN.values(), ids=UNKNOWN)
    def test_a_model_of_no_pixels_takes_no_pictures(self, values: Array, tmp_path: Path) -> None:
        of = want(f"{archive(tmp_path / 'd.npz', values.reshape(4, 6, 6, 1))}")
        fitted = load(of).preprocessing
        message, help, _ = refused(predicted, fitted, save(pictures()[0], tmp_path / "p.png"), of)
        assert "which value a white pixel has" in message
        assert ".npy" in help
        message, *_ = refused(load, want(str(directory(tmp_path / "dir", pictures()))), fitted=fitted, whole=True)
        assert "which value a white pixel has" in message
        np.save(tmp_path / "x.npy", values.reshape(4, 6, 6, 1))
        assert (predicted(fitted, tmp_path / "x.npy", of).ravel() == values).all()

    def test_rescaling_what_is_no_pixel(self, tmp_path: Path) -> None:
        x = UNKNOWN["negative"].reshape(4, 6, 6, 1)
        message, help, _ = refused(load, want(f"{{path: {archive(tmp_path / 'd.npz', x)}, rescale: true}}"))
        assert "from -1 to 1: which value is white" in message
        assert "leave out `rescale`" in help

    @pytest.mark.parametrize(
        ("kind", "values", "words"),
        [
            ("directory, rescale: false", pictures() / 255, "floats up to 1;"),
            ("directory", pictures() * 1.0, "floats up to 255"),
            ("uint8", pictures() / 255, "floats up to 1;"),
            ("0 to 1", pictures() * 1.0, "floats up to 255"),
            ("0 to 1", pictures() > 99, None),
            ("0 to 1", (pictures() > 99).astype(np.uint8), "holds uint8 from 0 to 1"),
            ("0 to 1", pictures().astype(np.int64) * 100, "holds int64"),
            ("uint16", pictures(), "holds uint8"),
            ("uint8", pictures().astype(np.uint16) * 257, "holds uint16"),
            ("directory", pictures().astype(np.int64) - 9, "which value is white"),
            ("directory", pictures().astype(np.int64) * 9, "which value is white"),
        ],
    )
    def test_arrays_of_another_range(self, kind: str, values: Array, words: str | None, tmp_path: Path) -> None:
        of = want(saved(kind, tmp_path, pictures()))
        fitted = load(of).preprocessing
        np.save(tmp_path / "x.npy", values)
        if words is None:
            assert (predicted(fitted, tmp_path / "x.npy", of) == values).all()
        else:
            assert words in refused(predicted, fitted, tmp_path / "x.npy", of)[0]

    def test_raw_digits_are_no_pixels_to_255(self, tmp_path: Path) -> None:
        of = want("digits", "[8, 8, 1]", 10)
        np.save(tmp_path / "x.npy", np.full((2, 8, 8), 16, np.uint8))
        message, help, _ = refused(predicted, load(of, limit=3).preprocessing, tmp_path / "x.npy", of)
        assert "goes up to 16" in message
        assert "divide values of `digits` by 16" in help

    def test_series_of_integers_are_left_alone(self, tmp_path: Path) -> None:
        of = want(str(archive(tmp_path / "d.npz", np.linspace(0, 200, 4 * 36, dtype=np.float32).reshape(4, 6, 6))), "[6, 6]")
        fitted = load(of).preprocessing
        for given in (np.arange(72).reshape(2, 6, 6) * 9, np.arange(72).reshape(2, 6, 6).astype(np.uint8)):
            np.save(tmp_path / "x.npy", given)
            assert (predicted(fitted, tmp_path / "x.npy", of) == given).all()

    @pytest.mark.parametrize("shape", [(2, 6, 0), (2, 6, 6, 2), (2, 6, 6, 6, 1)])
    def test_integers_that_are_no_pictures(self, shape: tuple[int, ...], tmp_path: Path) -> None:
        of = want(saved("directory", tmp_path, pictures()))
        np.save(tmp_path / "x.npy", np.zeros(shape, np.uint8))
        assert "the input `image` is (batch, 6, 6, 1)" in refused(predicted, load(of).preprocessing, tmp_path / "x.npy", of)[0]

    def test_tables_of_numbers_are_left_alone(self, tmp_path: Path) -> None:
        """Rows of features are no pictures, whatever their range and dtype."""
        x = np.arange(40).reshape(4, 10)
        for trained, given in ((x / 40, x), (x, x.astype(np.uint8)), (x.astype(np.uint16), x / 40), (x % 2 / 1, x % 2)):
            of = want(str(archive(tmp_path / "d.npz", trained)), "[10]")
            fitted = load(of).preprocessing
            np.save(tmp_path / "x.npy", given)
            assert (predicted(fitted, tmp_path / "x.npy", of) == given.astype(np.float32)).all()


def opened(file: Path, mode: str = "L", size: tuple[int, int] = (2, 2)) -> tuple[Array, list[str]]:
    notes: list[str] = []
    return _pictures.decoded(file, ImageForm(size=size, mode=mode, rescale=True), LeftOut(notes)), notes  # type: ignore[arg-type]


RAMP = np.array([[0, 85], [170, 255]], np.uint8)


def grey(mode: str) -> Any:
    return PIL.Image.fromarray(RAMP).convert(mode)


def palette() -> Any:
    picture = PIL.Image.new("P", (2, 2))
    picture.putdata([0, 1, 2, 3])
    picture.putpalette([0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255])
    return picture


MODES: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "L": (lambda: grey("L"), "png", {}),
    "LA": (lambda: grey("LA"), "png", {}),
    "RGB": (lambda: grey("RGB"), "png", {}),
    "RGBA": (lambda: grey("RGBA"), "png", {}),
    "CMYK": (lambda: grey("RGB").convert("CMYK"), "tif", {}),
    "P": (palette, "png", {}),
    "P with a transparent colour": (palette, "png", {"transparency": 0}),
    "P with transparencies": (palette, "png", {"transparency": bytes([0, 99, 200, 255])}),
    "P as GIF": (palette, "gif", {}),
    "I;16": (lambda: PIL.Image.fromarray(RAMP.astype(np.uint16) * 257), "png", {}),
    "I;16 as TIFF": (lambda: PIL.Image.fromarray(RAMP.astype(np.uint16) * 257), "tiff", {}),
    "PPM": (lambda: grey("L"), "pgm", {}),
    "JPEG": (lambda: grey("L"), "jfif", {"format": "JPEG", "quality": 100}),
    "TGA": (lambda: grey("RGB"), "tga", {}),
    "lossless WebP": (lambda: grey("RGB"), "webp", {"lossless": True}),
}


class TestModes:
    @pytest.mark.parametrize("target", ["L", "RGB", "RGBA"])
    @pytest.mark.parametrize(("make", "suffix", "options"), MODES.values(), ids=MODES)
    def test_the_true_values_arrive(self, make: Any, suffix: str, options: dict[str, Any], target: str, tmp_path: Path) -> None:
        make().save(tmp_path / f"p.{suffix}", **options)
        pixels, _ = opened(tmp_path / f"p.{suffix}", target)
        values = pixels if pixels.dtype == np.uint8 else pixels * 255
        assert values.shape == (2, 2, {"L": 1, "RGB": 3, "RGBA": 4}[target])
        for channel in range(values.shape[-1] - (target == "RGBA")):
            assert values[..., channel] == pytest.approx(RAMP, abs=2)

    def test_1_bit(self, tmp_path: Path) -> None:
        PIL.Image.fromarray(RAMP > 99).save(tmp_path / "p.png")
        assert opened(tmp_path / "p.png")[0][..., 0].tolist() == [[0, 0], [255, 255]]

    def test_lab(self, tmp_path: Path) -> None:
        lab = np.zeros((2, 2, 3), np.uint8)
        lab[1, :, 0] = 255
        PIL.Image.frombytes("LAB", (2, 2), lab.tobytes()).save(tmp_path / "p.tif")
        pixels, _ = opened(tmp_path / "p.tif")
        assert pixels[1].min() > 240
        assert pixels[0].max() < 15

    def test_12_bits(self, tmp_path: Path) -> None:
        rows = bytes([0xFF, 0xF0, 0x00, 0x00, 0x0F, 0xFF])  # 4095 0 / 0 4095
        tags = [
            (256, 3, 2),
            (257, 3, 2),
            (258, 3, 12),
            (259, 3, 1),
            (262, 3, 1),
            (273, 4, 8),
            (277, 3, 1),
            (278, 3, 2),
            (279, 4, 6),
        ]
        entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
        header = b"II*\0" + struct.pack("<I", 16) + rows + b"\0\0"
        (tmp_path / "p.tif").write_bytes(header + struct.pack("<H", len(tags)) + entries + bytes(4))
        assert opened(tmp_path / "p.tif")[0][..., 0].tolist() == [[1, 0], [0, 1]]

    def test_16_bit_negatives(self, tmp_path: Path) -> None:
        deep = RAMP.astype(np.uint16) * 257
        PIL.Image.fromarray(deep).save(tmp_path / "p.tif", tiffinfo={262: 0})
        assert opened(tmp_path / "p.tif")[0][..., 0] == pytest.approx(1 - RAMP / 255, abs=1e-4)

    @pytest.mark.parametrize(
        ("dtype", "words"), [(np.int32, "integers that are signed or have 32 bits"), (np.float32, "it holds floats")]
    )
    def test_ranges_that_nobody_knows(self, dtype: type, words: str, tmp_path: Path) -> None:
        PIL.Image.fromarray(RAMP.astype(dtype)).save(tmp_path / "p.tif")
        with pytest.raises(_pictures.Unreadable, match=words):
            opened(tmp_path / "p.tif")

    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp"])
    def test_orientation(self, orientation: int, suffix: str, tmp_path: Path) -> None:
        from PIL import Image, ImageOps

        wide = np.zeros((8, 16), np.uint8)
        wide[:4, :8] = 255
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.fromarray(wide).save(tmp_path / f"p.{suffix}", exif=exif)
        with (tmp_path / f"p.{suffix}").open("rb") as stream, Image.open(stream) as picture:
            expected = np.asarray(ImageOps.exif_transpose(picture).convert("L"))
        size = _pictures.size(tmp_path / f"p.{suffix}")
        assert size == expected.shape
        assert size == ((16, 8) if orientation > 4 else (8, 16))
        corner = [0, 0, 0, -1, -1, 0, 0, -1, -1][orientation], [0, 0, -1, -1, 0, 0, -1, -1, 0][orientation]
        assert expected[corner] > 250
        pixels, _ = opened(tmp_path / f"p.{suffix}", size=size)
        assert pixels[..., 0] == pytest.approx(expected, abs=3)

    def test_damaged_exif(self, tmp_path: Path) -> None:
        PIL.Image.fromarray(RAMP).save(tmp_path / "p.png", exif=b"Exif\0\0MM\0*nonsense")
        assert opened(tmp_path / "p.png")[0][..., 0].tolist() == RAMP.tolist()

    @pytest.mark.parametrize("suffix", ["gif", "png", "tif", "webp"])
    def test_of_several_frames_the_first(self, suffix: str, tmp_path: Path) -> None:
        frames = [PIL.Image.new("RGB", (2, 2), (value,) * 3) for value in (0, 255, 120)]
        frames[0].save(tmp_path / f"p.{suffix}", save_all=True, append_images=frames[1:])
        pixels, notes = opened(tmp_path / f"p.{suffix}")
        assert pixels.max() < 3
        assert notes == [f"of several frames or pages only the first is used: {tmp_path / f'p.{suffix}'}"]

    def test_transparency_is_said(self, tmp_path: Path) -> None:
        pixels = np.dstack([RAMP, RAMP, RAMP, RAMP])
        PIL.Image.fromarray(pixels).save(tmp_path / "p.png")
        assert "transparency is dropped" in opened(tmp_path / "p.png")[1][0]
        assert opened(tmp_path / "p.png", "RGBA")[1] == []
        opaque, notes = opened(tmp_path / "p.png", "RGBA")
        assert (opaque[..., 3] == RAMP).all()
        PIL.Image.fromarray(RAMP).convert("RGBA").save(tmp_path / "opaque.png")
        assert opened(tmp_path / "opaque.png")[1] == notes == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes with two pictures each."""
    for name in ("cat", "dog"):
        for number in range(2):
            save(pictures()[number], tmp_path / "photos" / name / f"{number}.png")
    return tmp_path / "photos"


def names(data: Data) -> list[str]:
    classes = data.preprocessing.targets["dense"].classes
    assert classes is not None
    return classes


def test_the_suffixes_of_pillow_s_formats_are_known() -> None:
    formats = set(_pictures.formats())
    assert {suffix for suffix, name in PIL.Image.registered_extensions().items() if name in formats} <= image_files.SUFFIXES


LEFT_BEHIND = (
    ".ipynb_checkpoints/0.png", "__MACOSX/cat/._0.png", ".DS_Store", "Thumbs.db", "._0.png", "desktop.ini",
)  # fmt: skip


class TestDirectories:
    @pytest.mark.parametrize(
        "path", [*LEFT_BEHIND, *(f"cat/{path}" for path in LEFT_BEHIND), "cat/deep/.cache/1.png", "cat/deep/__MACOSX/0.png",
                 "cat/deep/Thumbs.db"],
    )  # fmt: skip
    def test_what_systems_leave_behind(self, path: str, folder: Path) -> None:
        save(pictures()[0], folder / Path(path).with_suffix(".png"))
        (folder / Path(path).with_suffix(".png")).rename(folder / path)
        data = load(want(str(folder)))
        assert data.train_samples + data.test_samples == 4
        assert names(data) == ["cat", "dog"]
        assert data.notes == ()

    def test_nested_directories_and_suffixes(self, folder: Path) -> None:
        for name in ("deep/er/a.TIF", "b.tiff", "c.JFIF", "d.jpe", "e.webp", "f.Png", "g.ppm"):
            save(pictures()[0], folder / "cat" / Path(name).with_suffix(".png")).rename(folder / "cat" / name)
        data = load(want(str(folder)))
        assert data.train_samples + data.test_samples == 11
        assert data.notes == ()

    def test_what_is_left_out_is_said(self, folder: Path) -> None:
        save(pictures()[0], folder / "loose.png")
        (folder / "empty").mkdir()
        (folder / "cat" / "notes.txt").write_text("no picture")
        (folder / "cat" / "photo.heic").write_bytes(b"no picture that Pillow knows")
        (folder / "cat" / "round").symlink_to(folder, target_is_directory=True)
        (folder / "circle").symlink_to(folder, target_is_directory=True)
        data = load(want(str(folder)))
        assert data.train_samples + data.test_samples == 4
        assert names(data) == ["cat", "dog"]
        assert sorted(data.notes) == [
            f"directories without images are no classes: {folder / 'empty'}",
            f"images beside the directories of the classes belong to no class: {folder / 'loose.png'}",
            f"links in a circle are not followed: {folder / 'circle'}",
            f"links to directories are not followed: {folder / 'cat' / 'round'}",
            f"no images by their suffixes: {folder / 'cat' / 'notes.txt'}, {folder / 'cat' / 'photo.heic'}",
        ]

    def test_links_to_files_are_followed(self, folder: Path) -> None:
        (folder / "cat" / "linked.png").symlink_to(folder / "cat" / "0.png")
        (folder / "bird").symlink_to(folder / "cat", target_is_directory=True)
        data = load(want(str(folder), units=3))
        assert data.train_samples + data.test_samples == 8
        assert names(data) == ["bird", "cat", "dog"]

    def test_all_that_cannot_be_read_in_one_run(self, folder: Path) -> None:
        root = directory(folder.parent / "split", pictures(count=8))
        whole = (root / "train" / "0" / "0.png").read_bytes()
        (root / "train" / "0" / "0.png").write_bytes(whole[: len(whole) // 2])
        (root / "train" / "1" / "5.png").write_bytes(b"")
        (root / "test" / "1" / "6.png").write_text("no picture")
        PIL.Image.fromarray(RAMP.astype(np.float32)).save(root / "test" / "0" / "x.tif")
        message, help, trace = refused(load, want(str(root)))
        assert message.startswith("4 images cannot be read, the first of them ")
        assert [name for line in (message, *trace) for name in ("0.png", "5.png", "6.png", "x.tif") if f"/{name}:" in line] == [
            "x.tif", "6.png", "0.png", "5.png",
        ]  # fmt: skip
        assert "remove" in help

    def test_a_cap_on_the_listing(self, folder: Path) -> None:
        for number in range(60):
            (folder / "cat" / f"bad{number}.png").write_bytes(b"bad")
        message, _, trace = refused(load, want(str(folder)))
        assert "at least 20 images" in message
        assert len(trace) == 19

    def test_links_to_nothing(self, folder: Path) -> None:
        (folder / "cat" / "gone.png").symlink_to(folder / "nowhere.png")
        message, *_ = refused(load, want(str(folder)))
        assert "gone.png cannot be read as an image: it is a link to nothing" in message

    @pytest.mark.skipif(os.name == "nt" or not hasattr(os, "mkfifo"), reason="no pipes")
    def test_a_pipe_is_no_image(self, folder: Path) -> None:
        os.mkfifo(folder / "cat" / "pipe.png")
        message, *_ = refused(load, want(str(folder)))
        assert "pipe.png cannot be read as an image: it is a named pipe" in message

    def test_a_class_in_one_part_alone(self, folder: Path) -> None:
        root = directory(folder.parent / "split", pictures())
        save(pictures()[0], root / "test" / "birds" / "0.png")
        for units in (2, 3):
            message, help, _ = refused(load, want(str(root), units=units))
            assert "`birds` is a class with images in the test part alone" in message
            assert "take the directory out of the test part" in help
        (root / "train" / "Birds").mkdir()
        save(pictures()[0], root / "train" / "Birds" / "0.png")
        assert "`Birds` in the training part and `birds` differ by case only" in refused(load, want(str(root), units=3))[1]
        (root / "test" / "birds" / "0.png").unlink()
        notes = load(want(str(root), units=3)).notes
        assert "classes without an image in the test part: Birds" in notes

    def test_names_that_differ_by_case(self, folder: Path) -> None:
        (folder / "Cat").mkdir()
        if (folder / "Cat").samefile(folder / "cat"):
            pytest.skip("the file system does not tell case apart")
        save(pictures()[0], folder / "Cat" / "0.png")
        data = load(want(str(folder), units=3))
        assert names(data) == ["Cat", "cat", "dog"]
        assert any("differ by case only" in note for note in data.notes)


def test_files_of_any_name_are_predicted_by_their_content(tmp_path: Path) -> None:
    of = want(saved("directory", tmp_path, pictures()))
    fitted = load(of).preprocessing
    file = save(pictures()[0], tmp_path / "p.png")
    expected = predicted(fitted, file, of)
    assert (predicted(fitted, file.rename(tmp_path / "without"), of) == expected).all()
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    assert "is nothing that the model of this run takes" in refused(predicted, fitted, tmp_path / "table.csv", of)[0]
    (tmp_path / "none").mkdir()
    assert "holds no image" in refused(predicted, fitted, tmp_path / "none", of)[0]
