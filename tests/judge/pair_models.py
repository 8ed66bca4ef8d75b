"""Random models for the pairs of specs of `tests.judge.pairs`."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import yaml

Item = dict[str, Any]
ACTIVATIONS = ("relu", "tanh", "elu", "gelu", "silu", "softsign", "leaky_relu", "relu6")


@dataclass
class Model:
    """A spec as its inputs, items and nested models."""

    inputs: dict[str, Any]
    items: list[Item]
    models: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        spec = {"inputs": self.inputs, "models": self.models, "layers": self.items, "outputs": self.outputs}
        return yaml.safe_dump({key: part for key, part in spec.items() if part}, sort_keys=False, default_flow_style=None)


def vector(draw: random.Random) -> Model:
    """Dense layers on a vector, with a sum of branches."""
    width = draw.choice((3, 5))
    items: list[Item] = [dense(draw, width), {"Dropout": {"rate": 0.3}}, dense(draw, width)]
    if draw.random() < 0.6:
        items[0]["name"], items[2]["name"] = "first", "second"
        items.append({"Dense": {"units": width, "activation": "relu"}, "name": "third", "inputs": "x"})
        items.append({"Add": {}, "inputs": ["first", "second", "third"], "name": "sum"})
    if draw.random() < 0.5:
        items.append({"BatchNormalization": {"momentum": 0.9}})
    items += [dense(draw, 4), {"Dense": {"units": 3, "activation": draw.choice(("softmax", "tanh"))}}]
    return Model({"x": [6]}, items)


def dense(draw: random.Random, units: int) -> Item:
    return {"Dense": {"units": units, "activation": draw.choice(ACTIVATIONS)}}


def image(draw: random.Random) -> Model:
    """Convolutions on an image."""
    items: list[Item] = [{"Conv2D": {"filters": 4, "kernel_size": 3, "padding": "same", "activation": draw.choice(ACTIVATIONS)}}]
    middle: list[list[Item]] = [
        [{"MaxPooling2D": {"pool_size": 2}}],
        [{"AveragePooling2D": {"pool_size": 2}}],
        [{"DepthwiseConv2D": {"kernel_size": 3, "padding": "same", "depth_multiplier": draw.choice((1, 2))}}],
        [{"SeparableConv2D": {"filters": 4, "kernel_size": 3, "padding": "same", "activation": draw.choice(ACTIVATIONS)}}],
        [{"Conv2D": {"filters": 4, "kernel_size": 3, "use_bias": False}}, {"BatchNormalization": {}}, {"Activation": "relu"}],
        [{"Conv2D": {"filters": 4, "kernel_size": 1}}, {"LayerNormalization": {}}],
    ]
    for part in draw.sample(middle, 2):
        items += part
    items += [{"GlobalAveragePooling2D": {}}] if draw.random() < 0.5 else [{"Flatten": {}}]
    return Model({"x": [8, 8, 2]}, [*items, dense(draw, 4), {"Dense": {"units": 3}}])


def sequence(draw: random.Random) -> Model:
    """Layers along steps, with a mask."""
    recurrent = draw.choice(("LSTM", "GRU", "SimpleRNN"))
    if draw.random() < 0.5:
        inputs: dict[str, Any] = {"x": {"shape": [5], "dtype": "int32"}}
        items: list[Item] = [{"Embedding": {"input_dim": draw.choice((9, 2000)), "output_dim": 3, "mask_zero": True}}]
    else:
        inputs, items = {"x": [5, 3]}, [{"Masking": {"mask_value": draw.choice((0.0, -1.0))}}]
    items += [dense(draw, 4), {recurrent: {"units": 3}}, dense(draw, 4), {"Dense": {"units": 2}}]
    return Model(inputs, items)


def two(draw: random.Random) -> Model:
    """Two named inputs."""
    first, second = dense(draw, 4) | {"inputs": "p", "name": "d"}, dense(draw, 4) | {"inputs": "q", "name": "e"}
    merge = draw.choice(("Add", "Subtract", "Multiply", "Maximum", "Concatenate"))
    items = [first, second, {merge: {}, "inputs": ["d", "e"]}, dense(draw, 3), {"Dense": {"units": 2}, "name": "last"}]
    return Model({"p": [3], "q": [5]}, items, outputs={"whole": "last", "part": "d"})


def weightless(draw: random.Random) -> Model:
    """Layers without weights."""
    items: list[Item] = [
        {"Rescaling": {"scale": 0.5}},
        {"MaxPooling2D": {"pool_size": 2}},
        {"Activation": "tanh"},
        {"Flatten": {}},
    ]
    return Model({"x": [4, 4, 3]}, items)


MODELS = (vector, image, image, sequence, two, weightless)
