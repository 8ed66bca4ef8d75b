"""The JSON Schema of the language: correct specs pass, mistakes that a schema can see do not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from layerctl.base import docstrings
from layerctl.base.source import Source
from layerctl.catalog import CATALOGS
from layerctl.catalog.activations import ACTIVATIONS
from layerctl.compiler.locate import packaged_names
from layerctl.diagnostics import Sink
from layerctl.language.bind import object_fields
from layerctl.language.spec.document import SECTIONS
from layerctl.language.syntax import Mapping, Node, Scalar, Sequence, parse
from layerctl.reference.pages import argument_docs, layer_groups
from layerctl.reference.schema import schema, schema_text
from tests.command_line import CommandLine
from tests.judge.values import pools
from tests.markdown_cases import cases, files

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")

ROOT = Path(__file__).parent.parent
LAYERS = [cls for group in layer_groups().values() for cls in group]


@cache
def validator() -> Any:
    return jsonschema.Draft7Validator(schema())


def value(node: Node | None) -> Any:
    """A document as plain values, read by the rules of the language."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [value(item) for item in node.items]
    assert isinstance(node, Mapping)
    return {key: value(entry.value) for key, entry in node.entries.items()}


def mistakes(text: str) -> list[str]:
    sink = Sink()
    document = value(parse(Source("spec.yaml", text), sink))
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator().iter_errors(document)]


def items(*lines: str, head: str = "") -> str:
    return "\n".join((head or "inputs: {x: [8]}", "layers:", *(f"  {line}" for line in lines)))


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(schema())


def test_every_reference_leads_somewhere() -> None:
    text = schema_text()
    named = set(re.findall(r'"\$ref": ?"#/definitions/([^"]+)"', text))
    assert named <= set(json.loads(text)["definitions"])


def test_the_text_is_the_schema_and_always_the_same() -> None:
    assert json.loads(schema_text()) == json.loads(json.dumps(schema()))
    code = "from layerctl.reference.schema import schema_text; print(schema_text(), end='')"
    command = [sys.executable, "-X", "utf8", "-c", code]
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        assert subprocess.run(command, env=environment, capture_output=True, check=True).stdout.decode() == schema_text()


@pytest.mark.parametrize("path", sorted((ROOT / "specs").rglob("*.yaml")), ids=lambda path: path.stem)
def test_the_specs_pass(path: Path) -> None:
    assert mistakes(path.read_text(encoding="utf-8")) == []


def clean_cases() -> Iterator[Any]:
    for file in files():
        for case in cases(file):
            if not any(expected.severity == "error" for expected in case.expected):
                yield pytest.param(case.data.decode(), id=f"{file.stem}: {case.title}")


@pytest.mark.parametrize("text", list(clean_cases()))
def test_clean_cases_pass(text: str) -> None:
    assert mistakes(text) == []


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.keras_name())
def test_a_layers_example_passes(cls: Any) -> None:
    block = re.search(r"```yaml\n(.*?)```", docstrings.parse(cls.__doc__).sections["Example"], re.DOTALL)
    assert block is not None
    text = block[1]
    assert mistakes(text if re.search(r"(?m)^layers:", text) else "inputs: {x: []}\nlayers:\n" + text) == []


ALL = [cls for kind in CATALOGS for name in CATALOGS[kind].names() if (cls := CATALOGS[kind].find(name)) is not None]


def of(cls: Any) -> Any:
    """The schema of a class's arguments by name."""
    kind = cls.__module__.split(".")[2]
    name = f"{kind}.{cls.spec_name().removeprefix('ops.')}"
    (taken,) = validator().schema["definitions"][name]["allOf"]
    return taken if "properties" in taken else next(part for part in taken["anyOf"] if "properties" in part)


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.keras_name())
def test_a_layer_has_all_its_arguments(cls: Any) -> None:
    mapping = of(cls)
    for doc in argument_docs(cls):
        argument = mapping["properties"][doc.name]
        assert doc.text[1:] in argument["description"]
        assert ("default" in argument) == (doc.default not in (None, "null"))
    assert mapping.get("required", []) == [doc.name for doc in argument_docs(cls) if doc.default is None]


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: f"{cls.__module__.split('.')[1]}.{cls.keras_name()}")
def test_valid_values_pass(cls: Any) -> None:
    """No false alarm: the schema accepts each value of a pool that the model accepts."""
    mapping = of(cls)
    for name in cls.model_fields:
        if name not in object_fields(cls):
            judge = validator().evolve(schema={**mapping["properties"][name], "definitions": validator().schema["definitions"]})
            refused = [value for value in pools(cls, name)[0] if not judge.is_valid(as_json(value))]
            assert not refused, name


def as_json(value: Any) -> Any:
    return [as_json(part) for part in value] if isinstance(value, tuple) else value


def test_every_name_is_in_it() -> None:
    schema = validator().schema
    definitions = schema["definitions"]
    assert tuple(schema["properties"]) == SECTIONS
    assert set(CATALOGS["layers"].names()) | set(CATALOGS["layers"].aliases) <= set(definitions["item"]["properties"])
    assert set(ACTIVATIONS) <= set(definitions["activations.name"]["enum"])
    assert {"he_normal", "HeNormal", "zeros"} <= set(definitions["initializers.name"]["enum"])
    for kind, catalog in CATALOGS.items():
        assert all(definitions[f"{kind}.{name}"]["description"] for name in catalog.names())


SCHEDULE = "{PolynomialDecay: {initial_learning_rate: 0.1, decay_steps: 9}}"
RIGHT = {
    "a bare first argument": items("- Dense: 10", "- Dropout: 0.2", "- Reshape: [2, 5]", "- MaxPooling2D: [2, 2]"),
    "expressions": items("- Dense: $w", "- Dense: {units: $(2 * w), activation: $act}", "- Dropout: $(1 / 2)", "  if: $deep"),
    "expressions for lists": items("- Conv2D: {filters: 8, kernel_size: $k, kernel_initializer: $i, padding: $p}"),
    "text with a value in it": items("- Dense: 3", "  name: stage$(i + 1)", "  repeat: $n"),
    "digit groups": items("- Dense: 1_000", "- Embedding: {input_dim: 10_000, output_dim: 8}"),
    "padding in capitals": items("- Conv2D: {filters: 8, kernel_size: 3, padding: SAME}"),
    "an alias of Keras": items("- MaxPool2D: 2"),
    "an initializer": items("- Dense: {units: 3, kernel_initializer: {HeNormal: {seed: 1}}, bias_initializer: zeros}"),
    "a regularizer": items("- Dense: {units: 3, kernel_regularizer: {L2: 1e-4}}"),
    "an activation": items("- Dense: {units: 3, activation: {ReLU: {}}}", "- Activation: tanh"),
    "null for no object": items("- Dense: {units: 3, activation: null, bias_regularizer: null}"),
    "a wrapped layer": items("- Bidirectional: {layer: {LSTM: {units: 8}, name: inner}}", "- TimeDistributed: {Dense: 8}"),
    "branches": items("- branches: [[], [{Dense: 8}]]", "  merge: {Concatenate: {axis: -1}}", "  name: joined"),
    "named branches": items("- branches: {left: [{Dense: 8}], right: [Flatten]}", "  merge: Add"),
    "a loop": items("- for: {n: [8, 16], i: 2}", "  layers: [{Dense: $n}]"),
    "reuse": items("- Dense: 8", "  name: a", "- reuse: a"),
    "a block": items("- b", "- b: {units: 8}", "  inputs: x", head="blocks: {b: {layers: [{Dense: $units}]}}\ninputs: {x: [8]}"),
    "an included block": items("- wide: 8", head="inputs: {x: [8]}\ninclude: [parts.yaml]"),
    "a file of blocks": "blocks: {wide: {params: {units: null}, layers: [{Dense: $units}]}}",
    "functions of Keras": items("- ops.add: 3.0", "- ops.relu"),
    "a custom layer": items("- mine.layers:Gate: {units: 8}", "  output_shape: [8]", "  weights: {gamma: [96]}"),
    "a custom layer's weights": items(
        "- mine:Gate: 8",
        "  output_shape: {a: [8], b: {shape: [], dtype: int32}}",
        "  weights: {m: {shape: [8], trainable: false}}",
    ),
    "a custom layer within another": items(
        "- TimeDistributed: {layer: {'mine:Gate': 8, output_shape: [8]}}", "- TimeDistributed: {layer: 'mine:Gate'}"
    ),
    "inputs": items("- Dense: 3", head="inputs: {x: {shape: [null, 3], dtype: int32}, y: [], z: $shape}"),
    "what an item is called on": items("- Add:", "  inputs: [a, b]", "- GRU: 3", "  inputs: {sequences: x, initial_state: [a]}"),
    "expectations": items("- Dense: 3", head="inputs: {x: [8]}\nexpect: {params: 27, macs: {max: 6M}, shapes: {dense: [3]}}"),
    "losses": items("- Dense: 3", head="inputs: {x: [8]}\ntrain: {loss: {a: mse, b: {Huber: {delta: 2.0}}}}"),
    "metrics": items("- Dense: 3", head="inputs: {x: [8]}\ntrain: {metrics: {a: [accuracy, {AUC: {curve: PR}}], b: mae}}"),
    "a schedule": items("- Dense: 3", head=f"inputs: {{x: [8]}}\ntrain: {{optimizer: {{SGD: {{learning_rate: {SCHEDULE}}}}}}}"),
    "data": items("- Dense: 3", head="inputs: {x: [8]}\ntrain: {data: {path: ./mine, image_size: [32, 32]}}"),
}


@pytest.mark.parametrize("text", list(RIGHT.values()), ids=list(RIGHT))
def test_a_correct_spec_passes(text: str) -> None:
    assert mistakes(text) == []


WRONG = {
    "an argument of a layer": items("- Conv2D: {filters: 8, kernel_size: 3, kernal_size: 3}"),
    "an argument of a layer, where blocks are": items("- Dense: {units: 3, unts: 3}", head="inputs: {x: [8]}\nblocks: {}"),
    "a missing argument": items("- Conv2D: {filters: 8}"),
    "a layer alone that needs arguments": items("- Dense"),
    "a type": items("- Dense: {units: wide}"),
    "a number in quotes": items('- Dense: "8"'),
    "a boolean for a number": items("- Dense: true"),
    "a value out of range": items("- Dropout: 1.5"),
    "no positive kernel": items("- Conv2D: {filters: 8, kernel_size: 0}"),
    "a choice": items("- Conv2D: {filters: 8, kernel_size: 3, padding: vaild}"),
    "an activation": items("- Dense: {units: 3, activation: rellu}"),
    "an argument of an object": items("- Dense: {units: 3, kernel_initializer: {HeNormal: {sed: 1}}}"),
    "an argument of a wrapped layer": items("- Bidirectional: {layer: {LSTM: {unts: 8}}}"),
    "a layer": items("- Conv2d: {filters: 8, kernel_size: 3}"),
    "a layer without arguments": items("- Flaten"),
    "a key beside a layer": items("- Dense: 3", "  nmae: head"),
    "a key beside a layer, where blocks are": items("- Dense: 3", "  nmae: head", head="inputs: {x: [8]}\nblocks: {}"),
    "a custom layer's weight": items("- mine:Gate: 8", "  weights: {m: {shape: [8], trainabel: false}}"),
    "only wiring": items("- name: head"),
    "branches without merge": items("- branches: [[], [Flatten]]"),
    "a merge layer": items("- branches: [[], [Flatten]]", "  merge: Flatten"),
    "a mistake in a branch": items("- branches: [[], [{Dense: {unts: 8}}]]", "  merge: Add"),
    "a mistake in a loop": items("- for: {i: 2}", "  layers: [{Dense: {unts: 8}}]"),
    "a mistake in a block": items("- b", head="inputs: {x: [8]}\nblocks: {b: {layers: [{Dense: {unts: 8}}]}}"),
    "a key of a block": items("- b", head="inputs: {x: [8]}\nblocks: {b: {layer: [], layers: []}}"),
    "a top-level key": items("- Flatten", head="inputs: {x: [8]}\nlayer: []"),
    "no inputs": items("- Flatten", head="name: x"),
    "a key of an input": items("- Flatten", head="inputs: {x: {shap: [8]}}"),
    "a version": items("- Flatten", head="inputs: {x: [8]}\nversion: 2"),
    "a key of train": items("- Flatten", head="inputs: {x: [8]}\ntrain: {epoch: 3}"),
    "a loss": items("- Flatten", head="inputs: {x: [8]}\ntrain: {loss: msee}"),
    "an argument of an optimizer": items("- Flatten", head="inputs: {x: [8]}\ntrain: {optimizer: {Adam: {lr: 1}}}"),
    "an expectation": items("- Flatten", head="inputs: {x: [8]}\nexpect: {params: many}"),
}


@pytest.mark.parametrize("text", list(WRONG.values()), ids=list(WRONG))
def test_a_mistake_does_not_pass(text: str) -> None:
    assert mistakes(text)


class TestCommand:
    def test_it_prints_the_schema(self, cli: CommandLine) -> None:
        result = cli("schema")
        assert (result.status, result.err) == (0, "")
        assert result.out == schema_text()

    def test_into_a_file(self, cli: CommandLine) -> None:
        result = cli("schema", "--output-file", "schema.json")
        assert (result.status, result.out) == (0, "")
        assert (cli.folder / "schema.json").read_text(encoding="utf-8") == schema_text()
        assert cli("schema", "--output-file", "no/folder/schema.json").status == 2


class TestInit:
    @pytest.mark.parametrize("template", packaged_names())
    def test_the_first_line_leads_to_the_schema(self, cli: CommandLine, template: str) -> None:
        assert cli("init", "mine", "--template", template).status == 0
        first, _, rest = (cli.folder / "mine.yaml").read_text(encoding="utf-8").partition("\n")
        assert rest == (ROOT / "specs" / f"{template}.yaml").read_text(encoding="utf-8")
        named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert named is not None
        assert (cli.folder / named[1]).read_text(encoding="utf-8") == schema_text()

    def test_a_schema_that_is_there_stays(self, cli: CommandLine) -> None:
        path = cli.write(".layerctl/schema.json", "precious")
        assert cli("init", "mine").status == 0
        assert path.read_text(encoding="utf-8") == "precious"

    def test_nothing_is_written_beside_a_spec_that_exists(self, cli: CommandLine) -> None:
        cli.write("mine.yaml", "precious")
        assert cli("init", "mine").status == 2
        assert [path.name for path in cli.folder.iterdir()] == ["mine.yaml"]

    def test_where_no_folder_can_be(self, cli: CommandLine) -> None:
        cli.write(".layerctl", "a file")
        result = cli("init", "mine")
        assert result.status == 2
        assert "cannot write" in result.err
        assert not (cli.folder / "mine.yaml").exists()
