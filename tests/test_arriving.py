"""What a spec alone tells of how its data reach the model."""

from __future__ import annotations

import pytest

from layerctl.analysis.arriving import pixel_range, steps_per_epoch
from layerctl.compiler.pipeline import compile_text
from layerctl.compiler.trainable import trainable
from layerctl.language.spec.train import Train

UNIT, BYTE = (0, 1), (0, 255)


def section(data: str, *keys: str, inputs: str = "[784]") -> tuple[Train, object]:
    train = "\n  ".join((f"data: {data}", "loss: sparse_categorical_crossentropy", *keys))
    text = f"inputs: {{x: {inputs}}}\nlayers: [Flatten, {{Dense: {{units: 10, activation: softmax}}}}]\ntrain:\n  {train}\n"
    compiled = compile_text(text)
    assert compiled.ok, compiled.diagnostics
    return trainable(compiled), compiled.model


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("mnist", UNIT),
        ("{name: digits, rescale: true}", UNIT),
        ("{name: fashion_mnist, rescale: false}", BYTE),
        ("{name: mnist, normalize: true}", None),
        ("synthetic", None),
        ("{path: photos, format: images}", UNIT),
        ("{path: photos, format: images, rescale: false}", BYTE),
        ("./photos/", UNIT),
        ("data/photos", UNIT),
        ("photos.v2/small", UNIT),
        ("./photos.v2/", None),
        ("train-images-idx3-ubyte.gz", UNIT),
        ("{path: arrays.npz}", None),
        ("{path: arrays.npz, rescale: true}", UNIT),
        ("table.csv", None),
        ("texts.txt", None),
        ("{path: photos, format: images, normalize: true}", None),
    ],
)
def test_the_range_of_pixels(data: str, expected: tuple[float, float] | None) -> None:
    assert pixel_range(section(data)[0].data) == expected


def test_without_data_nothing_is_known() -> None:
    assert pixel_range(None) is None


@pytest.mark.parametrize(
    ("data", "keys", "expected"),
    [
        ("mnist", (), 1875),
        ("mnist", ("batch_size: 128",), 469),  # 60,000 / 128 = 468.75: the last batch is smaller
        ("digits", ("validation_split: 0.1",), 108),  # 3823 - 382 = 3441 samples
        ("mnist", ("limit: 100",), 4),
        ("mnist", ("limit: 100", "batch_size: 1000"), 1),
        ("digits", ("limit: 1000000",), 120),
        ("synthetic", (), 125),
        ("table.csv", (), None),
    ],
)
def test_the_batches_of_an_epoch(data: str, keys: tuple[str, ...], expected: int | None) -> None:
    train, model = section(data, *keys)
    assert steps_per_epoch(train, model) == expected  # type: ignore[arg-type]


def test_of_large_samples_fewer_are_made() -> None:
    train, model = section("synthetic", inputs="[1024, 1024, 3]")
    assert steps_per_epoch(train, model) == 2  # type: ignore[arg-type]  # 64 samples
