"""Where the channels of each tensor are."""

from __future__ import annotations

import pytest

from layerctl.analysis.reached import channel_axes
from layerctl.compiler.pipeline import compile_text

FIRST = "{Conv2D: {filters: 4, kernel_size: 3, data_format: channels_first}}"
MODELS: dict[str, tuple[str, list[int]]] = {
    "last": ("inputs: {x: [6, 7, 2]}\nlayers: [{Conv2D: {filters: 4, kernel_size: 3}}, ReLU, Flatten, ReLU]", [3, 3, 3, 1, 1]),
    "first": (
        f"inputs: {{x: [2, 6, 7]}}\nlayers: [{FIRST}, ReLU, {{BatchNormalization: {{axis: 1}}}}, Flatten]",
        [1, 1, 1, 1, 1],
    ),
    "first, before the layer that says so": (f"inputs: {{x: [2, 6, 7]}}\nlayers: [ReLU, {FIRST}]", [1, 1, 1]),
    "moved": (
        f"inputs: {{x: [2, 6, 7]}}\nlayers: [{FIRST}, {{Permute: [2, 3, 1]}}, ReLU, {{Permute: [3, 1, 2]}}, ReLU]",
        [1, 1, 3, 3, 1, 1],
    ),
    "in a nested model": (
        f"models: {{part: {{inputs: {{x: [2, 6, 7]}}, layers: [ReLU, {FIRST}]}}}}\n"
        "inputs: {x: [2, 6, 7]}\nlayers: [ReLU, part, ReLU]",
        [1, 1, 1, 1],
    ),
    "units of a Dense": (f"inputs: {{x: [2, 6, 7]}}\nlayers: [{FIRST}, {{Dense: 3}}, ReLU]", [1, 1, 3, 3]),
    "joined": (
        f"inputs: {{x: [2, 6, 7]}}\nlayers: [{{branches: [[{FIRST}], [{FIRST}]], merge: {{Concatenate: {{axis: 1}}}}}}, ReLU]",
        [1, 1, 1, 1, 1],
    ),
    "pooled": (
        f"inputs: {{x: [2, 6, 7]}}\nlayers: [{FIRST}, {{GlobalAveragePooling2D: {{data_format: channels_first}}}}]",
        [1, 1, 1],
    ),
    "steps": (
        "inputs: {x: [5, 4]}\nlayers: [{LSTM: {units: 3, return_sequences: true}}, ReLU, {LSTM: 3}, ReLU]",
        [2, 2, 2, 1, 1],
    ),
}


@pytest.mark.parametrize(("text", "axes"), MODELS.values(), ids=MODELS)
def test_the_axis_of_the_channels(text: str, axes: list[int]) -> None:
    compiled = compile_text(text)
    assert compiled.model is not None
    assert list(channel_axes(compiled.model).values()) == axes
