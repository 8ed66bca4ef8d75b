"""The inputs and weights that a value comes from, as layers declare them, compared with Keras's outputs for unit vectors."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pytest

from layerctl.api.build import build
from layerctl.catalog.layers._origin import Pool, Sum
from layerctl.compiler.pipeline import compile_text
from layerctl.graph.graph import Op

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]

LAYERS = {
    "dense": ("[3, 4]", "{Dense: 5}"),
    "same": ("[5, 6, 2]", "{Conv2D: {filters: 3, kernel_size: [2, 3], padding: same, strides: 2}}"),
    "dilated": ("[7, 7, 2]", "{Conv2D: {filters: 2, kernel_size: 3, dilation_rate: [2, 1], padding: same}}"),
    "grouped": ("[5, 5, 4]", "{Conv2D: {filters: 6, kernel_size: 2, groups: 2, use_bias: false}}"),
    "first": ("[2, 5, 4]", "{Conv2D: {filters: 3, kernel_size: 2, data_format: channels_first}}"),
    "causal": ("[8, 2]", "{Conv1D: {filters: 2, kernel_size: 3, padding: causal, dilation_rate: 2}}"),
    "volume": ("[3, 4, 3, 1]", "{Conv3D: {filters: 2, kernel_size: 2, padding: same}}"),
    "depthwise": ("[5, 6, 3]", "{DepthwiseConv2D: {kernel_size: 3, depth_multiplier: 2, padding: same, strides: 2}}"),
    "steps": ("[7, 3]", "{DepthwiseConv1D: {kernel_size: 3, depth_multiplier: 2}}"),
    "separable": ("[5, 6, 2]", "{SeparableConv2D: {filters: 3, kernel_size: 2, depth_multiplier: 2, padding: same}}"),
    "transposed": ("[3, 4, 2]", "{Conv2DTranspose: {filters: 3, kernel_size: 3, strides: 2, padding: same}}"),
    "stretched": ("[3, 4, 1]", "{Conv2DTranspose: {filters: 2, kernel_size: 2, strides: 3}}"),
    "added": ("[4, 2]", "{Conv1DTranspose: {filters: 2, kernel_size: 3, strides: 2, output_padding: 1}}"),
    "added same": ("[4, 2]", "{Conv1DTranspose: {filters: 2, kernel_size: 3, strides: 2, padding: same, output_padding: 0}}"),
    "transposed and dilated": ("[4, 5, 1]", "{Conv2DTranspose: {filters: 2, kernel_size: 3, dilation_rate: 2}}"),
    "dilated same": ("[6, 5, 1]", "{Conv2DTranspose: {filters: 2, kernel_size: 3, dilation_rate: 2, padding: same}}"),
    "averaged": ("[5, 6, 2]", "{AveragePooling2D: {pool_size: 3, strides: 2, padding: same}}"),
    "averaged first": ("[2, 5, 6]", "{AveragePooling2D: {pool_size: 2, data_format: channels_first}}"),
    "all averaged": ("[5, 2]", "{GlobalAveragePooling1D: null}"),
    "all kept": ("[3, 4, 2]", "{GlobalAveragePooling2D: {keepdims: true}}"),
    "all first": ("[2, 3, 4]", "{GlobalAveragePooling2D: {data_format: channels_first}}"),
}


@pytest.mark.parametrize(("shape", "layer"), LAYERS.values(), ids=LAYERS)
def test_the_origin_of_a_value_agrees_with_keras(shape: str, layer: str) -> None:
    from layerctl.runtime.flow.linear import matrix

    compiled = compile_text(f"inputs: {{x: {shape}}}\nlayers: [{layer}]")
    model = build(compiled, seed=1)
    op = compiled.model.graph.nodes[1]  # type: ignore[union-attr]
    assert isinstance(op, Op)
    assert op.layer is not None
    before, after = model.input_shape[1:], model.output_shape[1:]
    wanted, _ = matrix(model.layers[1], before)
    computed = np.zeros((prod(before), prod(after)))
    for number, at in enumerate(np.ndindex(*after)):
        origin: Any = op.layer.origin((None, *before), at)
        if isinstance(origin, Pool):
            for place in origin.places:
                computed[np.ravel_multi_index(place, before), number] += 1 / len(origin.places)
            continue
        assert isinstance(origin, Sum)
        assert origin.unit == at[op.layer.channel_axis if op.layer.channel_axis < 0 else 0]
        for term in origin.terms:
            weights = (np.asarray(getattr(model.layers[1], name))[entry] for name, entry in term.weights.items())
            computed[np.ravel_multi_index(term.at, before), number] += prod(weights)
    assert np.allclose(computed, wanted, atol=1e-6)
