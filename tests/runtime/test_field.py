"""Receptive fields, compared with Keras's gradients."""

from __future__ import annotations

from typing import Any

import pytest

from layerctl.analysis.receptive_field import fields
from layerctl.api.build import build
from layerctl.compiler.pipeline import compile_text

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]
SPECS = {
    "strides and dilation": (
        "[{Conv2D: {filters: 2, kernel_size: 3, strides: 2}}, {Conv2D: {filters: 2, kernel_size: 2, dilation_rate: 3}},"
        " {AveragePooling2D: 2}, {Dense: 2}]"
    ),
    "branches": (
        "[{branches: [[], [{Conv2D: {filters: 1, kernel_size: 5, padding: same}}], [{Conv2D: {filters: 1, kernel_size: 3,"
        " padding: same}}, {AveragePooling2D: {pool_size: 5, strides: 1, padding: same}}]], merge: Add}]"
    ),
    "transposed": "[{AveragePooling2D: 2}, {Conv2DTranspose: {filters: 1, kernel_size: 4, strides: 2}}]",
}


@pytest.mark.parametrize("layers", SPECS.values(), ids=SPECS)
def test_the_middle_value_depends_on_its_receptive_field_alone(keras: Any, layers: str) -> None:
    import numpy as np
    import tensorflow as tf

    compiled = compile_text(f"inputs: {{x: [41, 41, 1]}}\nlayers: {layers}")
    assert compiled.model is not None
    model = build(compiled, seed=0)
    for weight in model.weights:
        weight.assign(np.ones(weight.shape))
    x = tf.ones((1, 41, 41, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x)
        middle = y[0, y.shape[1] // 2, y.shape[2] // 2, 0]
    touched = np.argwhere(tape.gradient(middle, x).numpy()[0, :, :, 0])
    name = model.layers[-1].name
    assert tuple(touched.max(axis=0) - touched.min(axis=0) + 1) == fields(compiled.model)[name, 0].receptive_field
