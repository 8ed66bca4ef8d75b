"""Models built from a spec and from both text forms, compared with each other and with the static result."""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from layerctl.api.build import build, text_of
from layerctl.base.shapes import Tensor
from layerctl.catalog import CATALOGS
from layerctl.codegen.keras_json import object_config
from layerctl.codegen.plan import Constructor
from layerctl.compiler.pipeline import Compiled, compile_bytes, compile_text
from layerctl.diagnostics.errors import LayerctlBug, MissingPackage, SpecError
from layerctl.runtime.backends import backend
from layerctl.runtime.models.build import build_model, instantiate
from layerctl.runtime.models.verify import differences

pytestmark = pytest.mark.keras
ROOT = Path(__file__).parent.parent.parent
SPECS = sorted([*(ROOT / "tests/cases/build").glob("*.yaml"), *(ROOT / "specs").glob("*.yaml")])
SMALL = "inputs: {x: [4]}\nlayers:\n  - Dense: {units: 3, activation: softmax}\n"


def structure(model: Any) -> list[Any]:
    """Names, kinds, shapes and weights of a model's layers, in Keras's order."""
    return [
        (layer.name, type(layer).__name__, [(w.name, tuple(w.shape), str(w.dtype), w.trainable) for w in layer.weights])
        for layer in model.layers
    ]


def config(model: Any) -> Any:
    """A model's config without the numbers that Keras gives to operations that compute masks, which depend on earlier models."""
    return json.loads(re.sub(r"not_equal_\d+", "not_equal", model.to_json()))


def outputs(keras: Any, model: Any, weights: list[Any]) -> list[Any]:
    """The flattened output of a model with these weights for a fixed input."""
    import numpy as np

    rng = np.random.default_rng(0)
    x = []
    for tensor in model.inputs:
        value = rng.integers(0, 8, [dim or 3 for dim in tensor.shape])
        x.append(keras.ops.convert_to_tensor(value.astype("S" if tensor.dtype == "string" else tensor.dtype)))
    model.set_weights(weights)
    return [np.asarray(value, "float64") for value in keras.tree.flatten(model(x[0] if len(x) == 1 else x, training=False))]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_build_python_and_json_give_the_same_model(keras: Any, path: Path) -> None:
    import numpy as np

    compiled = compile_bytes(str(path), path.read_bytes()).accepted()
    model = build_model(compiled, seed=1)
    loaded = keras.models.model_from_json(text_of(compiled, ".json"))
    module: dict[str, Any] = {"__name__": "emitted"}
    exec(text_of(compiled, ".py"), module)
    written = module["build_model"]()
    weights = model.get_weights()
    expected = outputs(keras, model, weights)
    for other in (model, loaded, written):
        assert differences(compiled, other) == []
        assert structure(other) == structure(model)
        assert other.count_params() == model.count_params()
        for ours, theirs in zip(outputs(keras, other, weights), expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert config(loaded) == config(model)


@pytest.mark.parametrize("catalog", ["initializers", "regularizers", "constraints"])
def test_objects_from_python_and_json_are_equal(keras: Any, catalog: str) -> None:
    for name in CATALOGS[catalog].names():
        cls = CATALOGS[catalog].find(name)
        assert cls is not None
        construct = Constructor("float32")(cls.model_validate({}))
        made, plain = instantiate(construct), getattr(getattr(keras, catalog), name)()
        read = getattr(keras, catalog).get(json.loads(json.dumps(object_config(construct))))
        assert type(made) is type(read) is type(plain)
        configs = [{**each.get_config(), "seed": None} for each in (made, read, plain)]
        assert configs[0] == configs[1] == configs[2], name


def test_saved_model_loads_and_gives_the_same(keras: Any, tmp_path: Path) -> None:
    import numpy as np

    model = build(compile_text(SMALL), tmp_path / "small.keras", seed=1)
    loaded = keras.models.load_model(tmp_path / "small.keras")
    x = np.ones((2, 4), "float32")
    np.testing.assert_array_equal(model.predict(x, verbose=0), loaded.predict(x, verbose=0))
    assert [path.name for path in tmp_path.iterdir()] == ["small.keras"]


def test_a_layer_without_its_own_get_config_is_saved(keras: Any, tmp_path: Path) -> None:
    compiled = compile_text(SMALL + "  - Identity: {activity_regularizer: {L2: 0.5}}\n  - ELU: {activity_regularizer: l1}\n")
    build(compiled, tmp_path / "small.keras")
    identity, elu = keras.models.load_model(tmp_path / "small.keras").layers[-2:]
    assert float(identity.activity_regularizer.l2) == 0.5
    assert isinstance(elu.activity_regularizer, keras.regularizers.L1)


def test_seed_makes_weights_repeatable_without_changing_global_state(keras: Any) -> None:
    import numpy as np

    compiled = compile_text(SMALL).accepted()
    state = random.getstate()
    first, second, other = (build_model(compiled, seed=seed).get_weights()[0] for seed in (1, 1, 2))
    assert random.getstate() == state
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)
    keras.utils.set_random_seed(5)
    third = build_model(compiled).get_weights()[0]
    keras.utils.set_random_seed(5)
    np.testing.assert_array_equal(third, build_model(compiled).get_weights()[0])


def test_the_global_policy_does_not_matter(keras: Any) -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        compiled = compile_text(SMALL).accepted()
        assert differences(compiled, build_model(compiled)) == []
    finally:
        keras.config.set_dtype_policy(before)


class TestDifferences:
    """Each planted difference is found: otherwise an empty list would prove nothing."""

    def planted(self, **changes: Any) -> list[str]:
        compiled = compile_text(SMALL).accepted()
        first, dense = compiled.model.nodes
        wrong = compiled.model._replace(nodes=(first, dense._replace(**changes)))
        return differences(compiled._replace(model=wrong), build_model(compiled))

    def test_none(self, keras: Any) -> None:
        assert self.planted() == []

    def test_shape(self, keras: Any) -> None:
        lines = self.planted(output=Tensor((None, 4), "float32"))
        assert lines[0] == "dense: shape (batch, 3) by Keras, (batch, 4) by layerctl"

    def test_dtype(self, keras: Any) -> None:
        assert self.planted(output=Tensor((None, 3), "float16"))[0] == "dense: float32 by Keras, float16 by layerctl"

    def test_number_of_outputs(self, keras: Any) -> None:
        both = (Tensor((None, 3)), Tensor((None, 3)))
        assert self.planted(output=both)[0] == "dense: 1 outputs by Keras, 2 by layerctl"

    @pytest.mark.parametrize("change", [{"shape": (5, 3)}, {"name": "k"}, {"dtype": "float16"}, {"trainable": False}])
    def test_weight(self, keras: Any, change: dict[str, Any]) -> None:
        compiled = compile_text(SMALL).accepted()
        kernel, bias = compiled.model.nodes[1].weights
        (lines,) = self.planted(weights=(kernel._replace(**change), bias))
        assert lines.startswith("dense: weight `kernel` (4, 3) float32, trainable by Keras, ")

    def test_missing_weight(self, keras: Any) -> None:
        compiled = compile_text(SMALL).accepted()
        (found,) = self.planted(weights=compiled.model.nodes[1].weights[:1])
        assert found == "dense: weight `bias` (3,) float32, trainable by Keras, missing by layerctl"

    def test_layers(self, keras: Any) -> None:
        other = build_model(compile_text(SMALL + "    name: head\n").accepted())
        assert differences(compile_text(SMALL).accepted(), other)[:2] == [
            "dense: Keras's model has no such layer",
            "head: only Keras's model has this layer",
        ]

    def test_build_raises(self, keras: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        from layerctl.catalog.layers.dense import Dense

        monkeypatch.setattr(Dense, "compute_output_shape", lambda self, shape: (*shape[:-1], self.units + 1))
        with pytest.raises(LayerctlBug, match=r"dense: shape \(batch, 3\) by Keras, \(batch, 4\) by layerctl"):
            build(compile_text(SMALL), tmp_path / "small.keras")
        assert not list(tmp_path.iterdir())


def test_refusal_by_keras_is_a_bug_of_layerctl(keras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.layers, "Dense", keras.layers.Flatten)
    with pytest.raises(LayerctlBug, match="Keras refuses it"):
        build(compile_text(SMALL))


def test_spec_with_errors() -> None:
    wrong: Compiled = compile_text(SMALL.replace("units: 3", "units: 0"))
    with pytest.raises(SpecError, match="LC205"):
        build(wrong)


@pytest.mark.parametrize("name", ["keras", "tensorflow"])
def test_missing_package_says_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    backend.keras.cache_clear()
    for module in [module for module in sys.modules if module.partition(".")[0] == "keras"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    with pytest.raises(MissingPackage) as caught:
        build(compile_text(SMALL))
    assert caught.value.message == f"this needs {name}, which is not installed"
    assert caught.value.help == "install it with pip install 'layerctl[tensorflow]'"
    backend.keras.cache_clear()
