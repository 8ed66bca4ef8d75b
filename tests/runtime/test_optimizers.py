"""What each optimizer keeps for a model's weights, held against Keras's own."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest

from layerctl.catalog import CATALOGS

pytestmark = pytest.mark.keras

SHAPES = {"dense/kernel": (5, 7), "dense/bias": (7,), "conv2d/kernel": (3, 3, 5, 7), "embedding/embeddings": (11, 5)}
ARGUMENTS: dict[str, list[dict[str, Any]]] = {
    "SGD": [{"momentum": 0.9}],
    "RMSprop": [{"momentum": 0.9}, {"centered": True}, {"momentum": 0.9, "centered": True}],
    "Adam": [{"amsgrad": True}],
    "AdamW": [{"amsgrad": True}],
    "Muon": [{"exclude_embeddings": False}, {"exclude_layers": ("^dense", "other")}],
}
EVERY: list[dict[str, Any]] = [{}, {"use_ema": True}, {"gradient_accumulation_steps": 2}]
CLASSES: dict[str, Any] = {name: CATALOGS["optimizers"].find(name) for name in CATALOGS["optimizers"].names()}
CASES = [
    (name, arguments)
    for name, cls in CLASSES.items()
    if "use_ema" in cls.model_fields
    for arguments in EVERY + ARGUMENTS.get(name, [])
]


def kept_by_keras(optimizer: Any) -> int:
    """The sizes of all that an optimizer makes for the weights; its other variables are single figures."""
    import keras

    weights = []
    for path, shape in SHAPES.items():
        layer, name = path.split("/")
        with keras.name_scope(layer):
            weights.append(keras.Variable(keras.ops.ones(shape), name=name))
    assert [weight.path for weight in weights] == list(SHAPES)
    optimizer.build(weights)
    return sum(prod(variable.shape) for variable in optimizer.variables if len(variable.shape))


def kept(optimizer: Any) -> int:
    return sum(optimizer.kept(path, shape) for path, shape in SHAPES.items())


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_what_is_kept(name: str, arguments: dict[str, Any]) -> None:
    import keras

    theirs = getattr(keras.optimizers, name)(**arguments)
    assert kept(CLASSES[name].model_construct(**arguments)) == kept_by_keras(theirs)


def test_what_a_wrapped_optimizer_keeps() -> None:
    import keras

    inner = CLASSES["SGD"].model_construct(momentum=0.9)
    theirs = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(momentum=0.9))
    assert kept(CLASSES["LossScaleOptimizer"].model_construct(inner_optimizer=inner)) == kept_by_keras(theirs)
