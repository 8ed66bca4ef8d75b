"""Layers that prepare and augment data: shapes, dtypes, weights, and what each refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.layers.one import one

IMAGE = [8, 9, 3]
FIRST = {"data_format": "channels_first"}
MEANS = {"mean": [1, 2, 3], "variance": [1, 1, 1]}
SHIFT = {"height_factor": 0.1, "width_factor": 0.1}


def text(*shape: int) -> dict[str, Any]:
    return {"shape": list(shape), "dtype": "string"}


def integers(*shape: int) -> dict[str, Any]:
    return {"shape": list(shape), "dtype": "int32"}


@pytest.mark.parametrize(
    ("layer", "args", "inputs", "shape", "dtype"),
    [
        ("Rescaling", 0.5, {"shape": IMAGE, "dtype": "uint8"}, (8, 9, 3), "float32"),
        ("Rescaling", {"scale": [1, 2, 3], "offset": -1}, IMAGE, (8, 9, 3), "float32"),
        ("Resizing", {"height": 5, "width": 6}, [None, None, 3], (5, 6, 3), "float32"),
        ("Resizing", {"height": 5, "width": 6, **FIRST}, [3, 8, 9], (3, 5, 6), "float32"),
        ("CenterCrop", {"height": 5, "width": 6}, IMAGE, (5, 6, 3), "float32"),
        ("RandomCrop", {"height": 8, "width": 9}, IMAGE, (8, 9, 3), "float32"),
        ("RandomCrop", {"height": 5, "width": 6}, [None, None, 3], (5, 6, 3), "float32"),
        ("RandomFlip", "horizontal", {"shape": IMAGE, "dtype": "uint8"}, (8, 9, 3), "float32"),
        ("RandomTranslation", SHIFT, IMAGE, (8, 9, 3), "float32"),
        ("RandomHue", {"factor": 0.1, **FIRST}, [3, 8, 9], (3, 8, 9), "float32"),
        ("RandomGrayscale", None, {"shape": IMAGE, "dtype": "uint8"}, (8, 9, 3), "uint8"),
        ("Discretization", [0, 1], [4], (4,), "int32"),
        ("Discretization", {"bin_boundaries": [0, 1], "output_mode": "one_hot"}, [4], (4, 3), "float32"),
        ("Discretization", {"bin_boundaries": [0, 1], "output_mode": "count"}, [4, 5], (5, 3), "float32"),
        ("CategoryEncoding", 7, integers(4), (7,), "float32"),
        ("CategoryEncoding", {"num_tokens": 7, "output_mode": "one_hot"}, integers(1), (7,), "float32"),
        ("CategoryEncoding", {"num_tokens": 7, "output_mode": "one_hot"}, integers(4), (4, 7), "float32"),
        ("Hashing", 7, text(4), (4,), "int64"),
        ("Hashing", {"num_bins": 7, "dtype": "int32"}, text(4), (4,), "int32"),
        ("Hashing", {"num_bins": 7, "output_mode": "one_hot"}, text(4, 1), (4, 7), "float32"),
        ("StringLookup", {"vocabulary": ["a", "b"]}, text(4), (4,), "int64"),
        ("StringLookup", {"vocabulary": ["a", "b"], "output_mode": "multi_hot"}, text(4), (3,), "float32"),
        ("StringLookup", {"vocabulary": ["[UNK]", "b"], "output_mode": "multi_hot"}, text(4), (2,), "float32"),
        ("StringLookup", {"vocabulary": ["a"], "invert": True}, integers(4), (4,), "int64"),
        ("IntegerLookup", {"vocabulary": [3, 9], "output_mode": "one_hot", "num_oov_indices": 3}, integers(1), (5,), "float32"),
        ("StringLookup", {"vocabulary": ["[UNK]", "[UNK]", "b"], "num_oov_indices": 2}, text(4), (4,), "int64"),
        ("StringLookup", {"vocabulary": ["a"], "num_oov_indices": 2**62}, text(4), (4,), "int64"),
        (
            "IntegerLookup",
            {"vocabulary": [3], "output_mode": "one_hot", "num_oov_indices": 2**40},
            integers(1),
            (2**40 + 1,),
            "float32",
        ),
        ("TextVectorization", {"vocabulary": ["a"]}, text(1), (None,), "int64"),
        ("TextVectorization", {"vocabulary": ["a"], "output_sequence_length": 6}, text(), (6,), "int64"),
        ("TextVectorization", {"vocabulary": ["a", "b"], "output_mode": "count"}, text(), (3,), "float32"),
        ("MelSpectrogram", None, [16000], (128, 32), "float32"),
        ("Pipeline", ["RandomFlip", {"Resizing": {"height": 4, "width": 5}}], IMAGE, (4, 5, 3), "float32"),
        ("Pipeline", ["Equalization"], {"shape": IMAGE, "dtype": "uint8"}, (8, 9, 3), "float32"),
    ],
)
def test_outputs(layer: str, args: Any, inputs: Any, shape: tuple[int | None, ...], dtype: str) -> None:
    actual = one(layer, args, inputs)
    assert not actual.codes, actual.messages
    assert (actual.shape[1:], actual.dtype, actual.sizes) == (shape, dtype, {})


@pytest.mark.parametrize(
    ("layer", "args", "inputs", "code", "words"),
    [
        ("Rescaling", {"scale": [1, 2]}, IMAGE, "LC409", "`scale` has 2 values"),
        ("Rescaling", 0.5, text(4), "LC407", "works on numbers"),
        ("Resizing", {"height": 5, "width": 6}, [8, 9], "LC401", "rank 4"),
        ("Resizing", {"height": 0, "width": 6}, IMAGE, "LC205", "a positive integer"),
        ("RandomRotation", 1.5, IMAGE, "LC205", "a number from -1 to 1"),
        ("RandomRotation", [0.1, 0.2, 0.3], IMAGE, "LC204", "a list of the lowest"),
        ("RandomZoom", -1, IMAGE, "LC205", "above -1"),
        ("RandomCrop", {"height": 5, "width": 6}, IMAGE, "LC410", "in training only"),
        ("RandomSaturation", 0.5, [8, 9, 1], "LC409", "3 channels"),
        ("RandomColorJitter", {"hue_factor": 0.1, **FIRST}, [3, 8, 9], "LC409", "whatever the `data_format`"),
        ("RandomPosterization", 2.5, IMAGE, "LC204", "an integer from 1 to 8"),
        ("RandomErasing", {"dtype": "float16"}, IMAGE, "LC407", "float16"),
        ("RandomGaussianBlur", {"kernel_size": 4}, IMAGE, "LC205", "odd"),
        ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": [20, 2]}, IMAGE, "LC409", "too small"),
        ("Equalization", None, IMAGE, "LC410", "functional model"),
        ("Normalization", {"mean": 1}, [3], "LC209", "needs `variance`"),
        ("Normalization", {"mean": [1, 2], "variance": [1, 1]}, [3], "LC409", "`mean` has the shape"),
        ("Normalization", {"axis": 3}, [3], "LC403", "axis 3"),
        ("Normalization", None, [None], "LC406", "unknown"),
        ("Discretization", {"num_bins": 4}, [4], "LC203", "`bin_boundaries`"),
        ("Discretization", [1, 0], [4], "LC205", "rising"),
        ("CategoryEncoding", 7, integers(), "LC401", "joins the values"),
        ("CategoryEncoding", 7, integers(4, 2), "LC401", "joins the values"),
        ("Hashing", {"num_bins": 7, "output_mode": "one_hot"}, text(4), "LC409", "axis of size 1"),
        ("Hashing", {"num_bins": 7, "mask_value": 3}, text(4), "LC407", "`mask_value` 3"),
        ("Hashing", {"num_bins": 7, "dtype": "float32"}, text(4), "LC209", "holds integers"),
        ("StringLookup", None, text(4), "LC203", "`vocabulary`"),
        ("StringLookup", {"vocabulary": ["a"]}, [4], "LC407", "looks up texts"),
        ("StringLookup", {"vocabulary": ["[UNK]"]}, text(4), "LC209", "is empty"),
        ("StringLookup", {"vocabulary": ["a"], "num_oov_indices": 2**63}, text(4), "LC205", "end at 2^63 - 1"),
        ("IntegerLookup", {"vocabulary": [3], "num_oov_indices": 10**20}, integers(4), "LC205", "end at 2^63 - 1"),
        (
            "StringLookup",
            {"vocabulary": ["[UNK]"], "num_oov_indices": 2**62, "invert": True},
            integers(4),
            "LC209",
            f"all {2**62} ",
        ),
        ("StringLookup", {"vocabulary": ["a", "m"], "mask_token": "m"}, text(4), "LC209", "an entry of its own"),
        ("StringLookup", {"vocabulary": ["a"], "invert": True, "output_mode": "count"}, integers(4), "LC209", "invert"),
        ("StringLookup", {"vocabulary": ["a"], "pad_to_max_tokens": True}, text(4), "LC209", "needs `max_tokens`"),
        ("IntegerLookup", {"vocabulary": [1, 2.5]}, integers(4), "LC204", "a list of integers"),
        ("IntegerLookup", {"vocabulary": [1], "salt": 3}, integers(4), "LC209", "farmhash"),
        ("TextVectorization", {"vocabulary": ["a"]}, text(4), "LC409", "one text for each sample"),
        ("TextVectorization", {"vocabulary": ["a"], "split": None}, text(), "LC401", "without `split`"),
        ("TextVectorization", {"vocabulary": ["a"], "output_mode": "count"}, text(1), "LC401", "(batch,)"),
        ("TextVectorization", {"vocabulary": ["a"], "ragged": True}, text(), "LC205", "ragged"),
        ("MelSpectrogram", None, [1000], "LC402", "too few"),
        ("MelSpectrogram", None, [16383], "LC409", "promises 33 frames and makes 32"),
        ("STFTSpectrogram", {"frame_length": 8, "frame_step": 9}, [40, 1], "LC209", "a step of 9"),
        ("STFTSpectrogram", {"frame_length": 50}, [40, 1], "LC402", "does not fit"),
        ("Pipeline", [], IMAGE, "LC205", "a list of layers"),
        ("Pipeline", "RandomFlip", IMAGE, "LC204", "a list of layers"),
        ("Pipeline", [{"Normalization": MEANS}], IMAGE, "LC410", "Pipeline"),
        ("Pipeline", ["CutMix"], [None, 9, 3], "LC406", "in a Pipeline"),
    ],
)
def test_refusals(layer: str, args: Any, inputs: Any, code: str, words: str) -> None:
    actual = one(layer, args, inputs)
    assert actual.codes == (code,), actual.messages
    assert words in actual.messages[0]


def test_crossing_takes_two() -> None:
    assert one("HashedCrossing", 9, text(1), integers(1)).shape == (None, 1)
    assert one("HashedCrossing", {"num_bins": 9, "output_mode": "one_hot"}, text(), integers()).shape == (None, 9)
    assert one("HashedCrossing", 9, text(1), [1]).codes == ("LC407",)
    assert one("HashedCrossing", 9, text(1), text(2)).codes == ("LC404",)


def test_a_normalization_without_mean_has_weights_for_adapt() -> None:
    assert one("Normalization", None, IMAGE).sizes == {"mean*": (3,), "variance*": (3,), "count*": ()}
    assert one("Normalization", {"axis": None}, IMAGE).sizes == {"mean*": (), "variance*": (), "count*": ()}
    assert one("Normalization", MEANS, IMAGE).sizes == {}


def test_a_spectrogram_is_a_convolution() -> None:
    actual = one("STFTSpectrogram", {"frame_length": 8, "frame_step": 4}, [40, 2])
    assert (actual.shape, actual.sizes) == ((None, 9, 10), {"real_kernel": (8, 1, 5), "imag_kernel": (8, 1, 5)})
    assert actual.macs == 9 * 8 * 5 * 2 * 2


def test_a_pipeline_has_the_weights_of_its_layers() -> None:
    actual = one("Pipeline", [{"Dense": 4}, {"Dense": {"units": 2, "trainable": False}}], [3], dtype="mixed_bfloat16")
    assert list(actual.sizes.items()) == [("kernel", (3, 4)), ("bias", (4,)), ("kernel*", (4, 2)), ("bias*", (2,))]
    assert (actual.macs, actual.dtype) == (20, "bfloat16")


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16", "float16"])
def test_integer_outputs_stay_int64_under_any_policy(dtype: str) -> None:
    assert one("Hashing", 7, text(4), dtype=dtype).dtype == "int64"
    assert one("HashedCrossing", 7, text(1), text(1), dtype=dtype).dtype == "int64"
    assert one("StringLookup", {"vocabulary": ["a"]}, text(4), dtype=dtype).dtype == "int64"
