"""Custom layers: imported only with permission; compared with their declarations; built, saved, trained."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from layerctl.analysis.costs import summarize, undeclared
from layerctl.api.build import build, built, emit, save
from layerctl.api.train import train
from layerctl.base.shapes import Tensor
from layerctl.compiler.pipeline import Accepted, compile_text
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.language.resolved import resolved
from layerctl.runtime.models.verify import differences
from tests.command_line import CommandLine

MODULE = """
import pathlib
import keras

pathlib.Path(__file__).with_name("imported").touch()


class Gate(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shape):
        self.gamma = self.add_weight(shape=(shape[-1],), name="gamma")
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel", trainable=False)

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.units)

    def call(self, x):
        return keras.ops.matmul(x * self.gamma, self.kernel)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Split(keras.layers.Layer):
    def call(self, left, right):
        return {"sum": left + right, "top": keras.ops.argmax(left, axis=-1)}


class Attend(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.query, self.key = keras.layers.Dense(4, use_bias=False), keras.layers.Dense(4, use_bias=False)

    def call(self, x):
        return self.query(x) * self.key(x)


class Broken(keras.layers.Layer):
    def call(self, x):
        raise ValueError("not today")


class Late(keras.layers.Layer):
    def compute_output_shape(self, shape):
        return shape

    def call(self, x):
        if not isinstance(x, keras.KerasTensor):
            raise RuntimeError("not in training")
        return x


class Bare(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()


class NoLayer:
    pass
"""
GATE = "inputs: {x: [6]}\nlayers:\n  - own.layers:Gate: {units: 8}\n"
DECLARED = GATE + "    output_shape: [8]\n    weights: {gamma: [6], kernel: {shape: [6, 8], trainable: false}}\n"
TRAIN = """  - Dense: {units: 3, activation: softmax}
train: {data: synthetic, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 1}
"""
ODD = """
inputs: {x: [6], y: [4, 6]}
layers:
  - own.layers:Gate: {units: 8, mode: {a: [1, $$]}}
    inputs: x
    output_shape: [8]
    weights: {gamma: [6], kernel: {shape: [6, 8], trainable: false}}
    call_args: {training: true}
  - own.layers:Gate: [1, a]
    output_shape: [[8], {shape: [null], dtype: int32}]
    name: two
  - own.layers:Gate:
    inputs: ["two[0]", gate]
    output_shape: {a: [3]}
    weights: {}
    name: three
  - own.layers:Split:
    inputs: {left: gate, right: "two[0]"}
  - own.layers:Gate: 3
    inputs: split
  - TimeDistributed: {layer: {own.layers:Gate: 3, output_shape: [5], name: inner}}
    inputs: y
  - reuse: two
    name: again
    inputs: gate
outputs: [time_distributed, "three[a]", gate_1, again]
"""
MODELS = """
models:
  known:
    params: {units: 8}
    inputs: {t: [6]}
    layers:
      - own.layers:Gate: {units: $units}
        output_shape: [$units]
        weights: {gamma: [6], kernel: {shape: [6, $units], trainable: false}}
      - Dense: 4
  open:
    inputs: {t: [null, 6]}
    layers:
      - Dense: 6
      - own.layers:Gate: {units: 8}
      - Dense: 4
    outputs: {a: dense_1, b: gate}
  outer:
    inputs: {t: [10, 6]}
    layers:
      - open
      - Dense: 5
        inputs: "open[b]"
"""
NESTED = f"""{MODELS}
inputs: {{x: [6], s: [10, 6], z: [7, 6]}}
layers:
  - known: {{units: 9}}
    inputs: x
  - reuse: known
    name: again
    inputs: x
  - open:
    inputs: s
  - Dense: 3
    inputs: "open[a]"
  - reuse: open
    name: further
    inputs: z
  - outer:
    inputs: s
  - TimeDistributed: {{layer: known}}
    inputs: s
  - TimeDistributed: {{layer: {{known: {{units: 2}}, name: inner}}}}
    inputs: z
outputs: [known, again, dense, "further[b]", outer, time_distributed, time_distributed_1]
"""


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The current directory, with a package `own`, which writes a file when it is imported."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "layers.py").write_text(MODULE)
    (folder / "broken.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "own"]:
        del sys.modules[name]


def compiled(text: str) -> Accepted:
    return compile_text(text, "spec.yaml").accepted()


def refused(text: str) -> list[tuple[str, int, str, str | None]]:
    """The diagnostics of a build with permission: code, line, message, help."""
    with pytest.raises(SpecError) as caught:
        build(compiled(text), allow_custom_code=True)
    return [(each.code.id, each.span.begin.line, each.message, each.help) for each in caught.value.diagnostics]


class TestPermission:
    """Nothing is imported without permission."""

    @pytest.mark.parametrize(
        "command",
        [
            "check spec.yaml",
            "check spec.yaml --format json",
            "summary spec.yaml",
            "summary spec.yaml --format json",
            "build spec.yaml -o model.py",
            "build spec.yaml -o model.json",
        ],
    )
    def test_static_commands_need_no_permission(self, cli: CommandLine, package: Path, command: str) -> None:
        cli.write("spec.yaml", GATE + TRAIN)
        assert cli(*command.split()).status == 0
        assert not (package / "imported").exists()
        assert "own" not in sys.modules

    @pytest.mark.parametrize("command", ["build spec.yaml", "train spec.yaml", "compare spec.yaml spec.yaml", "check --verify ."])
    def test_other_commands_are_refused_without_permission(self, cli: CommandLine, package: Path, command: str) -> None:
        cli.write("spec.yaml", GATE + TRAIN)
        result = cli(*command.split())
        assert result.status == 1
        text = result.out + result.err
        assert "error[LC313]: `own.layers:Gate` is Python code" in text
        assert "spec.yaml:3:5" in text
        assert "--allow-custom-code" in text
        assert not (package / "imported").exists()
        assert not (cli.folder / "runs").exists()

    def test_each_item_is_named_once(self, package: Path) -> None:
        text = "inputs: {x: [4, 6]}\nblocks: {b: {layers: ['own.layers:Gate': 3]}}\nlayers:\n  - b\n  - b\n"
        text += "  - TimeDistributed: {layer: 'own.layers:Gate'}\n"
        with pytest.raises(SpecError) as caught:
            build(compiled(text))
        assert [diagnostic.span.begin.line for diagnostic in caught.value.diagnostics] == [2, 6]

    def test_in_machine_output(self, cli: CommandLine, package: Path) -> None:
        cli.write("spec.yaml", GATE)
        result = cli("check", "spec.yaml", "--verify", "--format", "json")
        assert result.status == 1
        assert [diagnostic["code"] for diagnostic in result.data["files"][0]["diagnostics"]] == ["LC313"]


@pytest.mark.keras
@pytest.mark.usefixtures("keras", "package")
class TestBuild:
    def test_what_is_declared_is_compared(self) -> None:
        model = build(compiled(DECLARED + "  - Dense: 3\n"), allow_custom_code=True)
        assert [layer.name for layer in model.layers] == ["x", "gate", "dense"]

    def test_what_is_not_declared_is_learnt(self) -> None:
        text = (
            "inputs: {x: [5, 6]}\nlayers:\n  - own.layers:Gate: 8\n  - TimeDistributed: {layer: {own.layers:Gate: {units: 4}}}\n"
            "  - own.layers:Split:\n    inputs: {right: time_distributed, left: time_distributed}\n"
            "  - Dense: 2\n    inputs: 'split[sum]'\noutputs: {d: dense, t: 'split[top]'}\n"
        )
        model, known = built(compiled(text), allow_custom_code=True)
        assert known.model is not None
        assert known.model.complete
        assert [known.model.tensor(output.ref) for output in known.model.graph.outputs] == [
            Tensor((None, 5, 2)),
            Tensor((None, 5), "int32"),
        ]
        assert known.model.nodes[4].macs == 5 * 4 * 2
        assert differences(compiled(text), model) == []

    def test_less_may_be_declared_than_keras_knows(self) -> None:
        build(
            compiled("inputs: {x: [5, 6]}\nlayers:\n  - own.layers:Gate: 8\n    output_shape: [null, 8]\n  - Dense: 3\n"),
            allow_custom_code=True,
        )

    def test_weights_of_one_name(self) -> None:
        item = "inputs: {x: [6]}\nlayers:\n  - own.layers:Attend:\n    weights: "
        build(compiled(item + "{query/kernel: [6, 4], key/kernel: [6, 4]}\n"), allow_custom_code=True)
        ((code, line, message, _),) = refused(item + "{kernel: [6, 4]}\n")
        assert (code, line) == ("LC316", 4)
        assert message.count("/kernel: [6, 4]") == 2

    def test_a_further_call_on_another_shape_is_unknown_to_check(self) -> None:
        text = "inputs: {a: [5, 6], b: [7, 6]}\nlayers:\n  - own.layers:Gate: 8\n    inputs: a\n    output_shape: [5, 8]\n"
        text += "  - reuse: gate\n    inputs: b\n    name: c\noutputs: [gate, c]\n"
        spec = compiled(text)
        assert spec.model is not None
        assert spec.model.nodes[3].output is None
        _, known = built(spec, allow_custom_code=True)
        assert known.model is not None
        assert known.model.nodes[3].output == Tensor((None, 7, 8))

    def test_a_wrong_declaration(self) -> None:
        wrong = DECLARED.replace("[8]", "[9]").replace("gamma: [6]", "gamma: [7]") + "  - Reshape: [3, 3]\n"
        shape, weights = refused(wrong)
        assert shape == ("LC316", 4, "Keras finds that `gate` gives [8]", "write `output_shape: [8]`")
        assert weights[:2] == ("LC316", 5)
        assert weights[3] == "write `weights: {gamma: [6], kernel: {shape: [6, 8], trainable: false}}`"

    def test_a_wrong_structure_or_dtype(self) -> None:
        text = "inputs: {x: [6]}\nlayers:\n  - own.layers:Split:\n    inputs: {left: x, right: x}\n"
        text += "    output_shape: %s\noutputs: 'split[%s]'\n"
        right = "{sum: [6], top: {shape: [], dtype: int32}}"
        build(compiled(text % (right, "top")), allow_custom_code=True)
        for wrong, part in (("{sum: [6], top: []}", "top"), ("[[6], []]", "1"), ("{sum: [6]}", "sum")):
            assert refused(text % (wrong, part)) == [
                ("LC316", 5, f"Keras finds that `split` gives {right}", f"write `output_shape: {right}`")
            ]

    def test_a_wrong_declaration_within_another_layer(self) -> None:
        text = "inputs: {x: [5, 6]}\nlayers:\n  - TimeDistributed:\n      layer:\n        own.layers:Gate: 8\n"
        text += "        output_shape: [9]\n"
        assert refused(text) == [
            ("LC316", 6, "Keras finds that `time_distributed` gives [5, 8]", "correct the `output_shape` of `Gate`")
        ]


@pytest.mark.keras
@pytest.mark.usefixtures("keras", "package")
class TestRefused:
    """Each is a diagnostic at the item."""

    @pytest.mark.parametrize(
        ("operation", "code", "words"),
        [
            ("elsewhere.layers:Gate", "LC314", "there is no module `elsewhere`"),
            ("own.elsewhere:Gate", "LC314", "there is no module `own.elsewhere`"),
            ("own.broken:Gate", "LC314", "importing `own.broken` fails: ZeroDivisionError: division by zero"),
            ("own.layers:Gat", "LC314", "`own.layers` has no class `Gat`"),
            ("own.layers:NoLayer", "LC314", "`NoLayer` of `own.layers` is no Keras layer"),
            ("own.layers:pathlib", "LC314", "`pathlib` of `own.layers` is no Keras layer"),
            ("own.layers:Gate: {unit: 3}", "LC315", "missing 1 required positional argument: 'units'"),
            ("own.layers:Gate: many", "LC315", "Keras refuses `gate`"),
            ("own.layers:Broken", "LC315", "Keras refuses `broken`: ValueError: not today"),
            ("own.layers:Bare: 3", "LC315", "unexpected keyword argument"),
        ],
    )
    def test_the_class(self, operation: str, code: str, words: str) -> None:
        ((actual, line, message, help),) = refused(f"inputs: {{x: [6]}}\nlayers:\n  - {operation}\n")
        assert (actual, line) == (code, 3)
        assert words in message
        assert help

    def test_the_failing_line_of_the_class_is_shown(self) -> None:
        with pytest.raises(SpecError, match=r"trace: own/layers.py:\d+ in call"):
            build(compiled("inputs: {x: [6]}\nlayers: ['own.layers:Broken']\n"), allow_custom_code=True)

    def test_several_classes_in_one_run(self) -> None:
        text = "inputs: {x: [6]}\nlayers:\n  - own.layers:Gat\n  - own.broken:Gate\n"
        assert [line for _, line, _, _ in refused(text)] == [3, 4]

    def test_a_failure_after_a_custom_layer(self) -> None:
        ((code, line, message, help),) = refused(GATE + "  - Reshape: [3, 3]\n")
        assert (code, line) == ("LC315", 4)
        assert message.startswith("Keras refuses `reshape`: ValueError")
        assert help is not None
        assert "output_shape" in help

    def test_a_failure_because_of_an_undeclared_dimension(self) -> None:
        text = "inputs: {x: [5, 6]}\nlayers:\n  - own.layers:Gate: 8\n    output_shape: [null, 8]\n  - Reshape: [3, 8]\n"
        assert refused(text)[0][:2] == ("LC315", 5)

    def test_a_missing_output(self) -> None:
        assert refused(GATE + "  - Dense: 3\n    inputs: 'gate[1]'\n")[0][:2] == ("LC315", 4)
        assert refused(GATE + "outputs: 'gate[1]'\n")[0][:2] == ("LC315", 4)

    def test_a_mistake_that_shows_once_outputs_are_known(self) -> None:
        text = GATE + "  - Dense: 1\ntrain: {data: digits, loss: sparse_categorical_crossentropy}\n"
        with pytest.raises(SpecError) as caught:
            build(compiled(text.replace("[6]", "[64]")), allow_custom_code=True)
        assert "LC610" in [diagnostic.code.id for diagnostic in caught.value.diagnostics]


@pytest.mark.keras
@pytest.mark.usefixtures("package")
class TestForms:
    def test_python(self, keras: Any, tmp_path: Path) -> None:
        text = (
            DECLARED.replace("Gate:", "Gate:").replace("{units: 8}", "8")
            + "    name: Gate\n  - own.layers:Split:\n    inputs: {left: Gate, right: Gate}\n"
        )
        spec = compiled(text + "outputs: 'split[sum]'\n")
        emit(spec, tmp_path / "model.py")
        source = (tmp_path / "model.py").read_text()
        assert "\nfrom own.layers import Gate, Split\n" in source
        assert "from keras import layers" not in source
        sys.path.insert(0, str(tmp_path))
        module: dict[str, Any] = {"__name__": "written"}
        exec(source, module)
        assert differences(spec, module["build_model"]()) == []

    def test_json(self, keras: Any, tmp_path: Path) -> None:
        spec = compiled(
            GATE + "  - Dense: 3\n  - own.layers:Split:\n    inputs: {left: dense, right: dense}\noutputs: 'split[0]'\n"
        )
        emit(spec, tmp_path / "model.json")
        written = json.loads((tmp_path / "model.json").read_text())
        gate = next(layer for layer in written["config"]["layers"] if layer["name"] == "gate")
        assert (gate["module"], gate["class_name"], gate["registered_name"]) == ("own.layers", "Gate", "Gate")
        sys.path.insert(0, str(tmp_path))
        import own.layers  # type: ignore[import-not-found]

        classes = {"Gate": own.layers.Gate, "Split": own.layers.Split}
        model = keras.models.model_from_json((tmp_path / "model.json").read_text(), custom_objects=classes)
        assert model.get_layer("dense").count_params() == 8 * 3 + 3
        assert model.output_shape == (None, 3)

    def test_json_names_every_argument(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="without its name"):
            emit(compiled(GATE.replace("{units: 8}", "8")), tmp_path / "model.json")
        with pytest.raises(UsageError, match="not declared"):
            emit(compiled(GATE + "  - Dense: 3\n    inputs: 'gate[left]'\n"), tmp_path / "model.json")
        assert not (tmp_path / "model.json").exists()

    def test_keras(self, keras: Any, tmp_path: Path) -> None:
        model, spec = built(compiled(DECLARED), allow_custom_code=True)
        save(spec, model, tmp_path / "model.keras")
        import own.layers

        loaded = keras.models.load_model(tmp_path / "model.keras", custom_objects={"Gate": own.layers.Gate})
        assert differences(spec, loaded) == []

    def test_resolved(self) -> None:
        first = compiled(ODD)
        assert first.model is not None
        assert first.document is not None
        written = resolved(first.model, first.document)
        second = compiled(written)
        assert second.model is not None
        assert second.document is not None
        assert second.model.nodes == first.model.nodes
        assert resolved(second.model, second.document) == written


@pytest.mark.keras
@pytest.mark.usefixtures("keras", "package")
class TestTrain:
    @pytest.mark.parametrize("text", [GATE, DECLARED], ids=["unknown", "declared"])
    def test_an_epoch(self, text: str, tmp_path: Path) -> None:
        run = train(compiled(text + TRAIN), runs_dir=tmp_path / "runs", limit=64, allow_custom_code=True)
        assert run.finished
        assert run.record.params == 6 + 48 + 27
        assert (run.path / "model.keras").is_file()
        assert "own.layers:Gate" in (run.path / "resolved.yaml").read_text()

    def test_on_the_command_line(self, cli: CommandLine) -> None:
        spec = GATE.replace("x: [6]", "x: [8, 8, 1]").replace("layers:\n", "layers:\n  - Flatten\n")
        cli.write("digits.yaml", spec + TRAIN.replace("synthetic", "digits").replace("units: 3", "units: 10"))
        result = cli("train", "digits.yaml", "--limit", "64", "--allow-custom-code", "--format", "json")
        assert (result.status, result.data["status"]) == (0, "finished"), result.err
        result = cli("build", "digits.yaml", "--allow-custom-code")
        assert result.status == 0
        assert "unknown (?)" not in result.out
        assert cli("check", "digits.yaml", "--verify", "--allow-custom-code").status == 0

    def test_a_failure_as_it_runs(self, tmp_path: Path) -> None:
        text = GATE.replace("Gate: {units: 8}", "Late")
        with pytest.raises(SpecError, match="not in training") as caught:
            train(compiled(text + TRAIN), runs_dir=tmp_path / "runs", limit=64, allow_custom_code=True)
        assert [(diagnostic.code.id, diagnostic.span.begin.line) for diagnostic in caught.value.diagnostics] == [("LC315", 3)]

    def test_compare_trains_again_after_a_change_of_the_code(self, cli: CommandLine, package: Path) -> None:
        cli.write("a.yaml", GATE + TRAIN)
        cli.write(
            "b.yaml",
            DECLARED.replace("units: 8", "units: 8, trainable: false").replace("gamma: [6]", "gamma: {shape: [6]}") + TRAIN,
        )
        arguments = ("compare", "a.yaml", "b.yaml", "--seeds", "1", "--limit", "64", "--allow-custom-code", "--format", "json")
        assert cli(*arguments).status == 0
        kept = list(cli.folder.glob("runs/compare/*/trial.json"))
        assert len(kept) == 2
        assert cli(*arguments).err.count("kept from before") == 2
        (package / "layers.py").write_text(MODULE + "\n# changed\n")
        assert "kept from before" not in cli(*arguments).err


@pytest.mark.usefixtures("package")
class TestNested:
    """Custom layers in nested models, whose outputs are then known, partly known or unknown."""

    def test_permission_is_asked_for_each(self) -> None:
        with pytest.raises(SpecError) as caught:
            build(compiled(NESTED))
        assert [(each.code.id, each.span.begin.line) for each in caught.value.diagnostics] == [("LC313", 7), ("LC313", 15)]

    def test_unknown_outputs_cause_no_diagnostics(self) -> None:
        spec = compiled(NESTED + "expect: {shapes: {known: [4], again: [4], time_distributed: [10, 4]}}\n")
        assert spec.model is not None
        names = spec.model.graph.names
        known = {name: spec.model.nodes[names[name]] for name in ("known", "open", "outer", "time_distributed")}
        assert [typed.output is None for typed in known.values()] == [False, True, True, False]
        assert [typed.weights is None for typed in known.values()] == [False, True, True, False]
        assert list(undeclared(summarize(spec.model).rows)) == [
            ("open/gate", ("output_shape", "weights")),
            ("outer/open/gate", ("output_shape", "weights")),
        ]

    @pytest.mark.keras
    def test_it_is_built_compared_and_learnt(self, keras: Any) -> None:
        model, known = built(compiled(NESTED), allow_custom_code=True)
        assert known.model is not None
        assert known.model.complete
        shapes = [tensor.shape[1:] for _, _, tensor in known.model.outputs()]
        assert shapes == [(4,), (4,), (10, 3), (7, 8), (10, 5), (10, 4), (7, 4)]
        assert [tuple(output.shape[1:]) for output in model.outputs] == shapes
        assert summarize(known.model).totals.params == model.count_params()
        assert not list(undeclared(summarize(known.model).rows))
        assert differences(known, model) == []
        assert differences(compiled(NESTED), model) == []

    @pytest.mark.keras
    def test_a_wrong_declaration_is_told_in_the_model(self, keras: Any) -> None:
        wrong = NESTED.replace("gamma: [6]", "gamma: [7]")
        ((code, line, message, _), *others) = refused(wrong)
        assert (code, line) == ("LC316", 9)
        assert message.startswith("Keras finds that `gate` has the weights {gamma: [6]")
        assert not others

    @pytest.mark.keras
    def test_what_keras_refuses_is_told_in_the_model(self, keras: Any) -> None:
        ((code, line, message, _),) = refused(NESTED.replace("Gate: {units: 8}", "Broken").replace("b: gate", "b: broken"))
        assert (code, line, message) == ("LC315", 15, "Keras refuses `broken`: ValueError: not today")

    @pytest.mark.keras
    def test_python_and_resolved(self, keras: Any, tmp_path: Path) -> None:
        spec = compiled(NESTED)
        assert spec.model is not None
        assert spec.document is not None
        emit(spec, tmp_path / "model.py")
        source = (tmp_path / "model.py").read_text()
        assert source.count("from own.layers import Gate\n") == 1
        sys.path.insert(0, str(tmp_path))
        module: dict[str, Any] = {"__name__": "written"}
        exec(source, module)
        assert differences(spec, module["build_model"]()) == []
        written = resolved(spec.model, spec.document)
        second = compiled(written)
        assert second.model is not None
        assert second.document is not None
        assert [typed.output for typed in second.model.nodes] == [typed.output for typed in spec.model.nodes]
        assert resolved(second.model, second.document) == written

    @pytest.mark.keras
    def test_json(self, keras: Any, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="those of `open` are not declared"):
            emit(compiled(NESTED), tmp_path / "model.json")
        spec = compiled(
            NESTED.replace("outputs: {a: dense_1, b: gate}", "outputs: [dense_1, gate]")
            .replace("[a]", "[0]")
            .replace("[b]", "[1]")
        )
        emit(spec, tmp_path / "model.json")
        sys.path.insert(0, str(tmp_path))
        import own.layers

        text = (tmp_path / "model.json").read_text()
        model = keras.models.model_from_json(text, custom_objects={"Gate": own.layers.Gate})
        assert differences(spec, model) == []

    @pytest.mark.keras
    def test_training(self, keras: Any, tmp_path: Path) -> None:
        text = MODELS + "inputs: {x: [3, 6]}\nlayers:\n  - open:\n  - Flatten:\n    inputs: 'open[a]'\n" + TRAIN
        run = train(compiled(text), runs_dir=tmp_path / "runs", limit=64, allow_custom_code=True)
        assert run.finished
        assert "own.layers:Gate" in (run.path / "resolved.yaml").read_text()
