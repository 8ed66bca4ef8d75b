"""Receptive fields, compared with Keras's gradients over generated chains of layers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from layerctl.analysis.dependence import Seen, State
from layerctl.analysis.reached import every_call
from layerctl.analysis.receptive_field import fields
from layerctl.api.build import build
from layerctl.base.positions import Positions
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
    "interpolated": "[{AveragePooling2D: 4}, {UpSampling2D: {size: 3, interpolation: bilinear}}]",
    "by cubic polynomials": "[{AveragePooling2D: 2}, {UpSampling2D: {size: 2, interpolation: bicubic}}]",
    "by a window of sines": "[{AveragePooling2D: 2}, {UpSampling2D: {size: 2, interpolation: lanczos3}}]",
    "cut out": "[{CenterCrop: {height: 20, width: 11}}, {Conv2D: {filters: 1, kernel_size: [3, 4]}}]",
    "axes that change places": (
        "[{Conv2D: {filters: 1, kernel_size: [1, 5]}}, {Permute: [2, 1, 3]}, {Conv2D: {filters: 1, kernel_size: [3, 1]}}]"
    ),
    "wrapped": "[{SpectralNormalization: {layer: {Conv2D: {filters: 1, kernel_size: 4, dilation_rate: 2}}}}]",
}
EDGE = 14
"""Sets that come nearer to an end of the axis may lie on padding."""


def positive_model(text: str) -> tuple[Any, Any]:
    """The compiled spec, and its Keras model with positive weights, in which no effect cancels another."""
    import numpy as np

    compiled = compile_text(text)
    assert compiled.model is not None, text
    model = build(compiled, seed=0)
    generator = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(np.abs(weight.numpy()) + generator.random(weight.shape) * 0.3 + 0.05)
    return compiled, model


@pytest.mark.parametrize("layers", SPECS.values(), ids=SPECS)
def test_the_middle_value_depends_on_its_receptive_field_alone(keras: Any, layers: str) -> None:
    import numpy as np
    import tensorflow as tf

    compiled, model = positive_model(f"inputs: {{x: [41, 41, 1]}}\nlayers: {layers}")
    x = tf.ones((1, 41, 41, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x)
        middle = y[0, y.shape[1] // 2, y.shape[2] // 2, 0]
    touched = np.argwhere(np.abs(tape.gradient(middle, x).numpy()[0, :, :, 0]) > 1e-12)
    field = fields(compiled.model)[model.layers[-1].name, 0]
    assert tuple(touched.max(axis=0) - touched.min(axis=0) + 1) == field.receptive_field
    assert tuple(len(set(axis)) for axis in touched.T.tolist()) == field.receptive_positions


def test_the_last_step_of_a_recurrent_layer_depends_on_all(keras: Any) -> None:
    text = "inputs: {x: [12, 2]}\nlayers: [{Bidirectional: {layer: {GRU: {units: 2, return_sequences: true}}}}, {LSTM: 2}]"
    compiled, model = positive_model(text)
    (found,) = supports(model, 12)
    assert found == set(range(12))
    assert fields(compiled.model)["lstm", 0].receptive_field == "all"


class Chain:
    """A chain of layers on a sequence, by seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.size = self.draw.randint(56, 64)
        items = ", ".join(self.item() for _ in range(self.draw.randint(1, 4)))
        self.text = f"inputs: {{x: [{self.size}, 2]}}\nlayers: [{items}]\n"

    def item(self) -> str:
        draw = self.draw
        size, step, padding = draw.randint(1, 5), draw.randint(1, 3), draw.choice(("same", "valid"))
        wide = max(size, 3)  # TensorFlow 2.21 crashes in gradients of kernels that are smaller than the stride
        return draw.choice(
            (
                f"{{Conv1D: {{filters: 2, kernel_size: {wide}, strides: {step}, padding: {draw.choice(('causal', padding))}}}}}",
                f"{{Conv1D: {{filters: 2, kernel_size: {size}, dilation_rate: {step}, padding: {padding}}}}}",
                f"{{AveragePooling1D: {{pool_size: {step}, strides: {draw.randint(1, 3)}, padding: {padding}}}}}",
                f"{{Conv1DTranspose: {{filters: 2, kernel_size: {wide}, strides: {step}, padding: {padding}}}}}",
                f"{{Conv1DTranspose: {{filters: 2, kernel_size: {wide}, dilation_rate: {step}, padding: {padding}}}}}",
                f"{{UpSampling1D: {step}}}",
                f"{{ZeroPadding1D: [{draw.randint(0, 4)}, {draw.randint(0, 4)}]}}",
                f"{{Cropping1D: [{draw.randint(0, 4)}, {draw.randint(0, 4)}]}}",
                f"{{DepthwiseConv1D: {{kernel_size: {size}, padding: {padding}}}}}",
                f"{{SeparableConv1D: {{filters: 2, kernel_size: {size}, padding: {padding}}}}}",
                draw.choice(("{Dense: 2}", "{BatchNormalization: {}}", "ReLU")),
                self.branches(),
                "{branches: [[], [{GlobalAveragePooling1D: {keepdims: true}}, {Dense: 2}]], merge: Multiply}",
            )
        )

    def branches(self) -> str:
        draw, by = self.draw, self.draw.randint(0, 6)
        kernels = [
            f"[{{Conv1D: {{filters: 2, kernel_size: {draw.randint(1, 4)}, dilation_rate: {draw.randint(1, 2)}, padding: same}}}}]"
            for _ in range(2)
        ]
        moved = f"[{{Cropping1D: [{by}, 0]}}], [{{Cropping1D: [0, {by}]}}]"
        return f"{{branches: [{draw.choice((moved, ', '.join(kernels)))}], merge: {draw.choice(('Add', 'Concatenate'))}}}"


def supports(model: Any, size: int) -> list[set[int]]:
    """For each position of the output the positions of the input with a gradient; of an output without positions, one set.

    Each has a sample of its own, since one gradient for all takes less long than one after another.
    """
    import numpy as np
    import tensorflow as tf

    one = np.random.default_rng(0).random((1, size, 2)).astype("float32") + 0.1
    positions = len(model.output_shape) == 3
    count = model.output_shape[1] if positions else 1
    x = tf.constant(np.repeat(one, count, axis=0))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x)
        value = tf.linalg.trace(tf.transpose(y, (2, 0, 1))) if positions else y
    gradient = tape.gradient(value, x)
    if gradient is None:
        return [set()] * count
    return [set(np.flatnonzero(np.abs(each).max(axis=-1) > 1e-14).tolist()) for each in gradient.numpy()]


def members(positions: Positions) -> set[int]:
    return {place for first, last in positions.runs for place in range(first, last + 1, positions.step or 1)}


def whole(seen: Seen, size: int) -> set[int]:
    assert seen.whole is not None
    return set(range(size)) if seen.whole == "all" else members(seen.whole)


def compared(state: State, found: list[set[int]], size: int) -> Iterator[tuple[int, set[int], set[int]]]:
    """Positions of the output far from the ends, with what each depends on as layerctl and as Keras say."""
    seen, middle = state.seen[0], len(found) // 2
    for at in range(max(0, middle - 5), min(len(found), middle + 5)):
        said = whole(seen, size) if seen.moving is None else members(seen.moving.at(at))
        if seen.moving is None or not said or (min(said) >= EDGE and max(said) < size - EDGE):
            yield at, said, found[at]


def test_generated_chains(keras: Any) -> None:
    """Each position of the output depends on the very positions that are said, and the whole output on all that is said."""
    accepted = together = 0
    for seed in range(60):
        chain = Chain(seed)
        compiled = compile_text(chain.text)
        if not compiled.ok or compiled.model is None:
            continue
        last = list(every_call(compiled.model).values())[-1]
        assert last.states is not None, chain.text
        state = last.states[0]
        assert not any(seen.loose - {2} for seen in state.seen), chain.text
        _, model = positive_model(chain.text)
        found = supports(model, chain.size)
        for at, said, true in compared(state, found, chain.size):
            assert said == true, (chain.text, at)
            accepted += 1
        assert whole(state.seen[0], chain.size) == set().union(*found), chain.text
        together += 1
    assert (accepted > 150, together > 40) == (True, True)
