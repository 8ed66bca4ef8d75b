"""Cropping, Flatten, Permute, RepeatVector, Reshape, UpSampling, ZeroPadding."""

from __future__ import annotations

from typing import Any

import pytest

from tests.layers.single import accepted, refused

FIRST = "data_format: channels_first"


@pytest.mark.parametrize(
    ("item", "shape", "result"),
    [
        ("Cropping1D", [5, 2], (3, 2)),
        ("Cropping1D: [2, 0]", [5, 2], (3, 2)),
        ("Cropping1D: 3", [None, 2], (None, 2)),
        ("Cropping2D", [5, 6, 2], (5, 6, 2)),
        ("Cropping2D: 1", [5, 6, 2], (3, 4, 2)),
        ("Cropping2D: [1, 2]", [5, 6, 2], (3, 2, 2)),
        ("Cropping2D: [[1, 0], 2]", [5, 6, 2], (4, 2, 2)),
        (f"Cropping2D: {{cropping: [1, 2], {FIRST}}}", [2, 5, 6], (2, 3, 2)),
        ("Cropping3D", [5, 6, 7, 2], (3, 4, 5, 2)),
        ("Cropping3D: [0, 1, [0, 2]]", [5, None, 7, 2], (5, None, 5, 2)),
        ("ZeroPadding1D", [5, 2], (7, 2)),
        ("ZeroPadding1D: [0, 3]", [None, 2], (None, 2)),
        (f"ZeroPadding1D: {{padding: 2, {FIRST}}}", [5, 2], (5, 6)),
        ("ZeroPadding2D", [5, 6, 2], (7, 8, 2)),
        ("ZeroPadding2D: [[1, 0], 2]", [5, 6, 2], (6, 10, 2)),
        (f"ZeroPadding3D: {{{FIRST}}}", [2, 5, 6, 7], (2, 7, 8, 9)),
        ("UpSampling1D", [5, 2], (10, 2)),
        ("UpSampling1D: 3", [None, 2], (None, 2)),
        ("UpSampling2D", [5, 6, 2], (10, 12, 2)),
        ("UpSampling2D: {size: [1, 3], interpolation: bilinear}", [5, None, 2], (5, None, 2)),
        (f"UpSampling2D: {{{FIRST}}}", [2, 5, 6], (2, 10, 12)),
        ("UpSampling3D: [1, 2, 3]", [5, 6, 7, 2], (5, 12, 21, 2)),
        ("Flatten", [4, 3, 2], (24,)),
        ("Flatten", [None, 3], (None,)),
        ("Flatten", [], (1,)),
        ("Permute: [2, 1]", [4, None], (None, 4)),
        ("Permute: [3, 1, 2]", [4, 5, 6], (6, 4, 5)),
        ("RepeatVector: 7", [4], (7, 4)),
        ("RepeatVector: 7", [None], (7, None)),
        ("Reshape: [2, 6]", [4, 3], (2, 6)),
        ("Reshape: [-1, 2]", [4, 3], (6, 2)),
        ("Reshape: [-1]", [None, 3], (None,)),
        ("Reshape: [2, 3]", [None, 3], (2, 3)),
        ("Reshape: []", [1], ()),
        ("Reshape: [1, 1]", [], (1, 1)),
    ],
)
def test_shapes(item: str, shape: list[Any], result: tuple[Any, ...]) -> None:
    actual = accepted(item, shape)
    assert (actual.shape, actual.weights, actual.macs) == (result, "", 0)


@pytest.mark.parametrize(
    ("item", "shape", "code", "words"),
    [
        ("Cropping1D: 3", [5, 2], "LC409", "nothing of axis 1"),
        ("Cropping2D: 4", [8, 9, 1], "LC409", "cropping 4 and 4"),
        ("Cropping2D", [5, 6], "LC401", "rank 4"),
        ("Cropping1D: -1", [5, 2], "LC20", "an integer from 0"),
        ("Cropping2D: [1, 2, 3]", [5, 6, 2], "LC20", "a list of two"),
        ("Cropping3D: [1, 2]", [5, 6, 7, 2], "LC20", "a list of three"),
        ("ZeroPadding2D: 1", [5, 6], "LC401", "rank 4"),
        ("ZeroPadding2D: true", [5, 6, 2], "LC204", "got `true`"),
        ("UpSampling1D: 2", [5], "LC401", "rank 3"),
        ("UpSampling2D: 0", [5, 6, 2], "LC20", "a positive integer"),
        ("UpSampling2D: {interpolation: linear}", [5, 6, 2], "LC205", "`bilinear`"),
        ("Permute: [1, 1]", [4, 5], "LC403", "once"),
        ("Permute: [0, 1]", [4, 5], "LC403", "once"),
        ("Permute: [2, 1]", [4, 5, 6], "LC401", "rank 3"),
        ("RepeatVector: 2", [4, 5], "LC401", "rank 2"),
        ("RepeatVector: 0", [4], "LC205", "a positive integer"),
        ("Reshape: [5]", [4, 3], "LC405", "has 12 values"),
        ("Reshape: [5, -1]", [4, 3], "LC405", "a multiple of 5"),
        ("Reshape: [4]", [None, 3], "LC405", "a multiple of 3"),
        ("Reshape: [-1, -1]", [4, 3], "LC405", "only one"),
        ("Reshape: [0, 12]", [4, 3], "LC205", "positive integers"),
        ("Reshape: [-2, 12]", [4, 3], "LC205", "positive integers"),
        ("Reshape: 12", [4, 3], "LC204", "a list"),
    ],
)
def test_refusals(item: str, shape: list[Any], code: str, words: str) -> None:
    diagnostic = refused(item, shape)
    assert diagnostic.code.id.startswith(code)
    assert words in diagnostic.message


@pytest.mark.parametrize(
    ("item", "shape", "dtype"),
    [
        ("Flatten", [4, 3], "int32"),
        ("Permute: [2, 1]", [4, 3], "int32"),
        ("Reshape: [12]", [4, 3], "int32"),
        ("Cropping1D", [4, 3], "float32"),
        ("ZeroPadding1D", [4, 3], "float32"),
        ("UpSampling1D", [4, 3], "float32"),
        ("RepeatVector: 2", [4], "float32"),
    ],
)
def test_dtype_of_integers(item: str, shape: list[int], dtype: str) -> None:
    """Keras promises integers for layers that only move values, floats for the others."""
    assert accepted(item, {"x": {"shape": shape, "dtype": "int32"}}).dtypes == (dtype,)


def test_dtype_policies() -> None:
    assert accepted("Flatten", [4], dtype="mixed_float16").dtypes == ("float16",)
    assert accepted("Flatten: {autocast: false}", [4], dtype="mixed_float16").dtypes == ("float32",)


def test_text_and_booleans_cannot_be_interpolated() -> None:
    image = {"x": {"shape": [4, 4, 1], "dtype": "bool"}}
    assert refused("UpSampling2D: {interpolation: bicubic}", image).code.id == "LC407"
    assert accepted("UpSampling2D", image).shape == (8, 8, 1)
