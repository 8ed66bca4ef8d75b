"""The sizes of optimizers' variables, compared with Keras's; and the fast step of Adam."""

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
    """The sizes of the variables that an optimizer makes for the weights; its other variables are scalars."""
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
def test_the_variables_of_an_optimizer(name: str, arguments: dict[str, Any]) -> None:
    import keras

    theirs = getattr(keras.optimizers, name)(**arguments)
    assert kept(CLASSES[name].model_construct(**arguments)) == kept_by_keras(theirs)


def test_the_variables_of_a_wrapped_optimizer() -> None:
    import keras

    inner = CLASSES["SGD"].model_construct(momentum=0.9)
    theirs = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(momentum=0.9))
    assert kept(CLASSES["LossScaleOptimizer"].model_construct(inner_optimizer=inner)) == kept_by_keras(theirs)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Adam", {}),
        ("Adam", {"beta_1": 0.8, "clipnorm": 0.5, "use_ema": True}),
        ("AdamW", {"weight_decay": 0.1, "epsilon": 1e-3}),
    ],
)
def test_fast_adam_steps_equal_keras(name: str, arguments: dict[str, Any]) -> None:
    import keras
    import numpy as np

    from layerctl.runtime.backends import tensorflow

    rng = np.random.default_rng(1)
    start = [rng.normal(size=(6, 4)).astype("float32"), rng.normal(size=4).astype("float32")]
    gradients = [[rng.normal(size=value.shape).astype("float32") for value in start] for _ in range(20)]

    def trained(*, hastened: bool) -> list[Any]:
        variables = [keras.Variable(value) for value in start]
        rate = keras.optimizers.schedules.CosineDecay(0.1, 20)
        optimizer = getattr(keras.optimizers, name)(rate, **arguments)
        optimizer.build(variables)
        if hastened:
            tensorflow.hasten(optimizer)
            assert "update_step" in vars(optimizer)
        for step in gradients:
            optimizer.apply([keras.ops.convert_to_tensor(value) for value in step], variables)
        assert keras.optimizers.serialize(optimizer)["class_name"] == name
        return [variable.numpy() for variable in [*variables, *optimizer.variables]]

    for ours, theirs in zip(trained(hastened=True), trained(hastened=False), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_fast_adam_with_the_sparse_gradient_of_an_embedding() -> None:
    """The gradient of a table has only the rows that were looked up; Keras updates all rows."""
    import keras
    import numpy as np
    import tensorflow as tf

    from layerctl.runtime.backends import tensorflow

    def trained(*, hastened: bool) -> Any:
        table = keras.Variable(np.ones((5, 3), np.float32))
        optimizer = keras.optimizers.Adam(0.1)
        optimizer.build([table])
        if hastened:
            tensorflow.hasten(optimizer)
        for row in (0, 2, 2):
            optimizer.apply([tf.IndexedSlices(tf.ones((2, 3)), tf.constant([row, 4]), tf.constant([5, 3]))], [table])
        return table.numpy()

    np.testing.assert_allclose(trained(hastened=True), trained(hastened=False), rtol=1e-5)


@pytest.mark.parametrize(("name", "arguments"), [("Adam", {"amsgrad": True}), ("SGD", {}), ("Adamax", {})])
def test_other_optimizers_are_unchanged(name: str, arguments: dict[str, Any]) -> None:
    import keras

    from layerctl.runtime.backends import tensorflow

    optimizer = getattr(keras.optimizers, name)(**arguments)
    tensorflow.hasten(optimizer)
    assert "update_step" not in vars(optimizer)
