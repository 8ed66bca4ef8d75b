"""What an editor shows for a spec, with the real YAML language server; needs Node.js and, once, npm's registry."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from layerctl.api.init import SCHEMA, init
from layerctl.reference.schema import schema_text
from tests import language_server
from tests.language_server import LanguageServer
from tests.npm import Unavailable

HEAD = f"# yaml-language-server: $schema={SCHEMA}\ninputs: {{x: [28, 28, 1]}}\n"


class Editor:
    """Documents in a folder that has the schema; `|` in a text is the cursor."""

    def __init__(self, server: LanguageServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.number = 0

    def opened(self, text: str) -> tuple[str, int, int]:
        self.number += 1
        before, _, after = text.partition("|")
        uri = self.server.open(self.folder / f"{self.number}.yaml", before + after)
        return uri, before.count("\n"), len(before) - before.rfind("\n") - 1

    def completions(self, text: str) -> dict[str, dict[str, Any]]:
        return self.server.completions(*self.opened(HEAD + text))

    def hover(self, text: str) -> str:
        return self.server.hover(*self.opened(HEAD + text))

    def marked(self, text: str, head: str = HEAD) -> list[tuple[str, str]]:
        """The marked parts of the text, each with its message."""
        lines = (head + text).splitlines()
        problems = self.server.problems(self.opened(head + text)[0])
        return [
            (lines[at["start"]["line"]][at["start"]["character"] :][: width(at)], message) for at, message in ranges(problems)
        ]


def ranges(problems: list[dict[str, Any]]) -> list[tuple[Any, str]]:
    return [(problem["range"], problem["message"]) for problem in problems]


def width(at: Any) -> int:
    """How long a mark is within its first line."""
    same = at["start"]["line"] == at["end"]["line"]
    return int(at["end"]["character"] - at["start"]["character"]) if same else 1000


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    try:
        command = language_server.command()
    except Unavailable as reason:
        pytest.skip(f"no YAML language server: {reason}")
    folder = tmp_path_factory.mktemp("editor")
    (folder / SCHEMA).parent.mkdir()
    (folder / SCHEMA).write_text(schema_text(), encoding="utf-8")
    with LanguageServer(command) as server:
        yield Editor(server, folder)


class TestCompletion:
    @pytest.mark.parametrize(
        "text",
        [
            "layers:\n  - Conv2D:\n      filters: 8\n      |\n",
            "layers:\n  - Conv2D:\n      |\n",
            "layers:\n  - Conv2D: {filters: 8, k|}\n",
            "layers:\n  - branches:\n      - - Conv2D:\n            filters: 8\n            |\n    merge: Add\n",
            "blocks:\n  b:\n    layers:\n      - Conv2D:\n          filters: 8\n          |\nlayers: [b]\n",
            "blocks: {b: {layers: [Flatten]}}\nlayers:\n  - b\n  - Conv2D:\n      filters: 8\n      |\n",
        ],
        ids=["block style", "nothing yet", "flow style", "in a branch", "in a block", "beside blocks"],
    )
    def test_the_arguments_of_a_layer(self, editor: Editor, text: str) -> None:
        completions = editor.completions(text)
        assert {"kernel_size", "padding", "activation"} <= set(completions)
        assert "units" not in completions
        assert "The size of a kernel" in str(completions["kernel_size"]["documentation"])

    def test_the_layers(self, editor: Editor) -> None:
        completions = editor.completions("layers:\n  - |\n")
        assert {"Conv2D", "Dense", "MaxPooling2D", "MaxPool2D", "Flatten", "branches", "for", "reuse"} <= set(completions)
        assert completions["Conv2D"]["insertText"] == "Conv2D:\n  filters: $1\n  kernel_size: $2"

    def test_the_keys_beside_a_layer(self, editor: Editor) -> None:
        assert {"name", "inputs", "if", "repeat"} <= set(editor.completions("layers:\n  - Dense: 8\n    |\n"))

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("layers:\n  - Conv2D:\n      padding: |\n", {"valid", "same"}),
            ("layers:\n  - Conv2D:\n      activation: |\n", {"relu", "softmax"}),
            ("layers:\n  - Conv2D:\n      kernel_initializer: |\n", {"he_normal", "HeNormal"}),
            ("layers:\n  - Conv2D:\n      use_bias: |\n", {"true", "false"}),
            ("layers: [Flatten]\n|\n", {"train", "blocks", "outputs"}),
            ("layers: [Flatten]\ntrain:\n  |\n", {"loss", "optimizer", "epochs"}),
            ("layers: [Flatten]\ntrain:\n  loss: |\n", {"sparse_categorical_crossentropy", "mse"}),
            ("layers: [Flatten]\ntrain:\n  optimizer:\n    Adam:\n      |\n", {"learning_rate", "beta_1"}),
        ],
        ids=["choices", "activations", "initializers", "booleans", "sections", "training", "losses", "an optimizer"],
    )
    def test_other_names(self, editor: Editor, text: str, expected: set[str]) -> None:
        assert expected <= set(editor.completions(text))


class TestHover:
    def test_an_argument(self, editor: Editor) -> None:
        text = editor.hover("layers:\n  - Conv2D: {filters: 8, kernel|_size: 3}\n")
        assert "The size of a kernel" in text
        assert "required" in text

    def test_a_default(self, editor: Editor) -> None:
        assert "default `true`" in editor.hover("layers:\n  - Dense: {units: 8, use|_bias: false}\n")

    def test_a_layer(self, editor: Editor) -> None:
        assert "each filter slides along height and width" in editor.hover("layers:\n  - Conv|2D: {filters: 8, kernel_size: 3}\n")

    def test_an_object(self, editor: Editor) -> None:
        text = "layers:\n  - Dense: {units: 8, kernel_initializer: {HeNormal: {se|ed: 3}}}\n"
        assert "HeNormal" in editor.hover(text)

    def test_a_section(self, editor: Editor) -> None:
        assert "How to train" in editor.hover("layers: [Flatten]\ntr|ain: {epochs: 3}\n")


class TestMarks:
    def test_a_correct_spec_has_none(self, editor: Editor) -> None:
        text = "layers:\n  - Conv2D: {filters: $n, kernel_size: 3}\n  - Flatten\n  - Dense: $(2 * n)\n    name: head$n\n"
        assert editor.marked(text) == []

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("layers:\n  - Conv2D: {filters: 8, kernel_size: 3, kernal_size: 3}\n", ("kernal_size", "not allowed")),
            ("layers:\n  - Conv2D: {filters: wide, kernel_size: 3}\n", ("wide", "Expected a positive integer.")),
            (
                "layers:\n  - Conv2D: {filters: 8, kernel_size: 3, padding: vaild}\n",
                ("vaild", "Expected one of `valid`, `same`."),
            ),
            ("layers:\n  - Dense: {units: 8, activation: rellu}\n", ("rellu", "There is no activation of this name.")),
            ("layers:\n  - Conv2d: {filters: 8, kernel_size: 3}\n", ("Conv2d", "not allowed")),
            ("layers:\n  - Flaten\n", ("Flaten", "There is no layer of this name")),
            ("layers:\n  - Dense: 8\n    nmae: head\n", ("nmae", "not allowed")),
            ("layers:\n  - TimeDistributed: {layer: {Dense: {units: 8, unts: 8}}}\n", ("unts", "not allowed")),
            ("layers: [Flatten]\ntrain: {loss: msee}\n", ("msee", "There is no loss of this name.")),
            ("layers: [Flatten]\nlayer: []\n", ("layer", "not allowed")),
            ("blocks: {b: {layers: [{Dense: {units: 8, unts: 8}}]}}\nlayers: [b]\n", ("unts", "not allowed")),
        ],
        ids=lambda value: value[0] if isinstance(value, tuple) else "",
    )
    def test_a_mistake_is_marked_once(self, editor: Editor, text: str, expected: tuple[str, str]) -> None:
        ((piece, message),) = editor.marked(text)
        assert piece == expected[0]
        assert expected[1] in message

    def test_a_block_is_no_mistake(self, editor: Editor) -> None:
        blocks = "blocks: {wide: {params: {units: null}, layers: [{Dense: $units}]}}\n"
        text = blocks + "layers:\n  - wide: {units: 8}\n  - wide: 9\n    name: w\n"
        assert editor.marked(text) == []


def test_what_init_writes_needs_no_network(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = editor.folder / "new"
    folder.mkdir()
    monkeypatch.chdir(folder)
    text = init("mine").read_text(encoding="utf-8")
    assert "http" not in text.splitlines()[0]
    uri = editor.server.open(folder / "mine.yaml", text)
    assert editor.server.problems(uri) == []
    line = next(number for number, line in enumerate(text.splitlines()) if "Conv2D:" in line)
    column = text.splitlines()[line].index("kernel_size") + 2
    assert "The size of a kernel" in editor.server.hover(uri, line, column)
    assert os.listdir(folder / ".layerctl") == ["schema.json"]
