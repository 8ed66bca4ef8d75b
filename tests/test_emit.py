"""The text back ends, without a framework: valid, complete, the same every time."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import layerctl
from layerctl.api.build import FORMS, build, emit, form_of, text_of
from layerctl.codegen.keras_python import WIDTH
from layerctl.codegen.plan import model_name
from layerctl.compiler.pipeline import Compiled, compile_bytes, compile_text
from layerctl.diagnostics.errors import SpecError, UsageError

ROOT = Path(__file__).parent.parent
SPECS = sorted([*(ROOT / "tests/cases/build").glob("*.yaml"), *(ROOT / "specs").rglob("*.yaml")])
SMALL = "inputs: {x: [4]}\nlayers:\n  - Dense: 3\n"


def compiled(path: Path) -> Compiled:
    result = compile_bytes(str(path), path.read_bytes())
    assert result.ok, [diagnostic.message for diagnostic in result.diagnostics]
    return result


def calls(code: str, function: str) -> list[dict[str, object]]:
    """The literal keyword arguments of each call of `function`, in order."""
    nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and ast.unparse(node.func) == function]
    return [
        {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords if isinstance(keyword.value, ast.Constant)}
        for node in nodes
    ]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
class TestEverySpec:
    def test_python_compiles_and_fits_the_line(self, path: Path) -> None:
        code = text_of(compiled(path), ".py")
        compile(code, path.stem, "exec")
        assert all(len(line) <= WIDTH for line in code[code.index("def ") :].splitlines())

    def test_python_assigns_each_variable_once(self, path: Path) -> None:
        tree = ast.parse(text_of(compiled(path), ".py"))
        for function in tree.body:
            assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
            names = [target.id for node in assigned for target in node.targets]  # type: ignore[attr-defined]
            assert len(names) == len(set(names))

    def test_json_holds_each_layer_and_call_once(self, path: Path) -> None:
        result = compiled(path)
        config = json.loads(text_of(result, ".json"))["config"]
        assert result.model is not None
        graph = result.model.graph
        named = [layer["name"] for layer in config["layers"]]
        assert len(named) == len(set(named))
        called = sum(len(layer["inbound_nodes"]) for layer in config["layers"])
        assert called == sum(graph.live()) - len(graph.inputs)

    @pytest.mark.parametrize("form", [".json", ".py"])
    def test_same_text_every_time(self, path: Path, form: str) -> None:
        assert text_of(compiled(path), form) == text_of(compiled(path), form)  # type: ignore[arg-type]


TWICE = """
name: twice
description: One layer, called twice.
inputs: {a: {shape: [4], dtype: int32}, b: [4]}
layers:
  - Dense: {units: 3, activation: relu, kernel_initializer: {HeNormal: {seed: 1}}}
    name: enc
    inputs: a
  - reuse: enc
    name: again
    inputs: b
  - Dense: 2
outputs: {x: enc, y: dense}
"""
TWICE_CODE = '''"""The Keras model `twice`, written by layerctl from a spec.

One layer, called twice.
"""

import keras
from keras import layers


def build_model() -> keras.Model:
    """Builds the model `twice`, untrained."""
    a = keras.Input(shape=(4,), dtype="int32", name="a")
    b = keras.Input(shape=(4,), name="b")
    enc_layer = layers.Dense(
        units=3,
        activation="relu",
        kernel_initializer=keras.initializers.HeNormal(seed=1),
        name="enc",
    )
    enc = enc_layer(a)
    again = enc_layer(b)
    dense = layers.Dense(units=2, name="dense")(again)
    return keras.Model(inputs=[a, b], outputs={"x": enc, "y": dense}, name="twice")


if __name__ == "__main__":
    build_model().summary()
'''


def test_python_in_full() -> None:
    assert text_of(compile_text(TWICE), ".py") == TWICE_CODE


def test_only_given_arguments_are_written() -> None:
    code = text_of(compile_text(SMALL), ".py")
    assert calls(code, "layers.Dense") == [{"units": 3, "name": "dense"}]
    (_, dense) = json.loads(text_of(compile_text(SMALL), ".json"))["config"]["layers"]
    assert dense["config"] == {"units": 3, "name": "dense", "dtype": "float32"}


def test_policy_of_the_model_is_written_to_every_layer() -> None:
    code = text_of(compile_text("dtype: mixed_float16\n" + SMALL + "  - Dense: {units: 2, dtype: float32}\n"), ".py")
    assert [call["dtype"] for call in calls(code, "layers.Dense")] == ["mixed_float16", "float32"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("cnn", "cnn"), ("my model (2)", "my_model_2"), ("a/b", "a_b"), ("<stdin>", "stdin"), ("ü", "model"), ("v1.2-x", "v1.2-x")],
)
def test_model_name(name: str, expected: str) -> None:
    assert model_name(name) == expected


def test_emit_writes_whole_files_and_needs_no_framework(tmp_path: Path) -> None:
    spec = tmp_path / "small.yaml"
    spec.write_text(SMALL)
    program = f"""
import sys
import layerctl.api.build
for form in (".json", ".py"):
    layerctl.api.build.emit({str(spec)!r}, {str(tmp_path)!r} + "/out" + form)
sys.exit(bool({{"keras", "tensorflow", "numpy"}} & set(sys.modules)))
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "out.py", "small.yaml"]
    assert json.loads((tmp_path / "out.json").read_text())["config"]["name"] == "small"


def test_import_of_the_package_is_light() -> None:
    program = "import layerctl, sys; sys.exit(bool({'keras', 'pydantic', 'yaml', 'typer'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_python_names_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    assert layerctl.check(tmp_path / "small.yaml").ok
    assert layerctl.build is build
    assert {"build", "check", "SpecError", "UsageError"} <= set(dir(layerctl))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = layerctl.nothing


class TestSaving:
    @pytest.mark.parametrize("name", ["model.h5", "model", "model.KERAS", "model.txt"])
    def test_other_suffixes_are_refused_and_the_known_ones_named(self, name: str) -> None:
        with pytest.raises(UsageError) as caught:
            form_of(name)
        assert caught.value.help is not None
        assert all(form in caught.value.help for form in FORMS)

    def test_missing_directory(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="there is no directory"):
            form_of(tmp_path / "none" / "model.py")

    def test_target_is_a_directory(self, tmp_path: Path) -> None:
        (tmp_path / "model.py").mkdir()
        with pytest.raises(UsageError, match="cannot write"):
            emit(compile_text(SMALL), tmp_path / "model.py")
        assert [path.name for path in tmp_path.iterdir()] == ["model.py"]

    def test_a_failed_write_leaves_the_old_file(self, tmp_path: Path) -> None:
        from layerctl.base.files import replacing

        target = tmp_path / "model.py"
        target.write_text("old")

        def write_half() -> None:
            with replacing(target) as temporary:
                Path(temporary).write_text("half")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            write_half()
        assert target.read_text() == "old"
        assert [path.name for path in tmp_path.iterdir()] == ["model.py"]

    def test_a_spec_with_errors_is_not_saved(self, tmp_path: Path) -> None:
        with pytest.raises(SpecError, match=r"LC205|LC204") as caught:
            emit(compile_text(SMALL.replace("3", "-3")), tmp_path / "model.py")
        assert "Dense: -3" in str(caught.value)
        assert len(caught.value.diagnostics) == 1
        assert not list(tmp_path.iterdir())
