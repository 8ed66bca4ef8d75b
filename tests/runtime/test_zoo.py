"""The known architectures compared with `keras.applications`: layers, arguments, shapes, weights, and outputs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from layerctl.compiler.pipeline import Accepted, compile_bytes
from layerctl.runtime.models.build import build_model
from layerctl.runtime.models.verify import differences

pytestmark = pytest.mark.keras
ROOT = Path(__file__).parent.parent.parent
THEIRS = {
    "vgg16": "VGG16",
    "resnet50": "ResNet50",
    "densenet121": "DenseNet121",
    "efficientnet_b0": "EfficientNetB0",
    "mobilenet_v2": "MobileNetV2",
}
SIDE = 64


@contextmanager
def without_memory() -> Iterator[None]:
    """Builds models with variables without values, which take neither memory nor time."""
    if find_spec("tensorflow") is None:
        pytest.skip("needs TensorFlow")
    import tensorflow as tf

    with tf.Graph().as_default():
        yield


def compiled(name: str, *overrides: str) -> Accepted:
    path = ROOT / "specs" / "zoo" / f"{name}.yaml"
    return compile_bytes(str(path), path.read_bytes(), overrides=overrides).accepted()


def layers(model: Any) -> list[Any]:
    return [
        (
            type(layer).__name__,
            tuple(layer.output.shape),
            [(w.name, tuple(w.shape), str(w.dtype), w.trainable) for w in layer.weights],
        )
        for layer in model.layers
    ]


def arguments(model: Any) -> list[Any]:
    """The config of each layer, initializers and rates included; equivalent spellings are made equal."""
    result = []
    for layer in model.layers:
        config = {key: value for key, value in layer.get_config().items() if key != "name"}
        if config.get("kernel_size") == (1, 1):
            del config["padding"]  # a window of 1 needs none
        if "axis" in config:
            axes = config["axis"] if isinstance(config["axis"], tuple) else (config["axis"],)
            config["axis"] = [axis % len(layer.output.shape) for axis in axes]
        result.append(config)
    return result


@pytest.mark.parametrize("name", THEIRS)
def test_the_same_layers_and_arguments(keras: Any, name: str) -> None:
    with without_memory():
        theirs = getattr(keras.applications, THEIRS[name])(weights=None)
        ours = build_model(compiled(name))
    assert layers(ours) == layers(theirs)
    assert arguments(ours) == arguments(theirs)
    assert ours.count_params() == theirs.count_params()


@pytest.mark.parametrize("name", [name for name in THEIRS if name != "vgg16"])
def test_weights_can_be_transferred(keras: Any, name: str) -> None:
    import numpy as np

    theirs = getattr(keras.applications, THEIRS[name])(weights=None, input_shape=(SIDE, SIDE, 3))
    ours = build_model(compiled(name, f"vars.image_size={SIDE}", "expect={}"))
    rng = np.random.default_rng(0)
    weights = theirs.get_weights()
    for weight in weights:
        if weight.ndim == 1:  # offsets other than 0, so that every layer has something to show
            weight += rng.uniform(0, 0.1, weight.shape).astype(weight.dtype)
    image = rng.uniform(0, 1, (1, SIDE, SIDE, 3)).astype("float32")
    features = []
    for model in (ours, theirs):
        model.set_weights(weights)
        features.append(np.asarray(keras.Model(model.inputs[0], model.layers[-2].output)(image, training=False)))
    assert features[0].std() > 1e-3
    np.testing.assert_allclose(features[0], features[1], rtol=1e-5)


@pytest.mark.parametrize("alpha", [0.35, 0.5, 0.75, 1.3, 1.4])
def test_widths_of_mobilenet_v2(keras: Any, alpha: float) -> None:
    with without_memory():
        theirs = keras.applications.MobileNetV2(weights=None, alpha=alpha)
        ours = build_model(compiled("mobilenet_v2", f"vars.alpha={alpha}", "expect={}"))
    assert layers(ours) == layers(theirs)


def test_a_small_unet(keras: Any) -> None:
    spec = compiled("unet", "vars.image_size=188", "vars.width=4", "expect={}")
    model = build_model(spec)
    assert differences(spec, model) == []
    assert model.output_shape == (None, 4, 4, 2)


def test_padding_of_a_text_does_not_matter(keras: Any) -> None:
    import numpy as np

    sizes = ("width=16", "hidden=32", "heads=2", "vocabulary=50", "length=8", "depth=2")
    spec = compiled("transformer_encoder", *(f"vars.{size}" for size in sizes), "expect={}")
    model = build_model(spec)
    assert differences(spec, model) == []
    tokens = np.array([[5, 6, 7, 0, 0, 0, 0, 0]])
    positions = np.arange(1, 9) * (tokens > 0)
    result = [np.asarray(model([tokens, positions], training=False))]
    for name in ("meaning", "place"):
        (table,) = model.get_layer(name).get_weights()
        table[0] = 9
        model.get_layer(name).set_weights([table])
    result.append(np.asarray(model([tokens, positions], training=False)))
    np.testing.assert_allclose(*result, rtol=1e-6)
    tokens[0, 3] = 8
    positions[0, 3] = 4
    assert not np.allclose(result[0], np.asarray(model([tokens, positions], training=False)))
