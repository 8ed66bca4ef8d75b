"""Inputs that are meant to exhaust the checker: each ends in a diagnostic, after a limited amount of work."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from layerctl.analysis.costs import summarize
from layerctl.base.meter import Meter
from layerctl.base.numbers import size
from layerctl.base.source import Source
from layerctl.compiler.pipeline import Compiled, compile_bytes, compile_text
from layerctl.diagnostics import Sink
from layerctl.diagnostics.spelling import Effort
from layerctl.diagnostics.text import WIDEST, concise, full
from layerctl.language.bind import binder
from layerctl.language.expand.settings import Settings
from layerctl.language.syntax import parser
from layerctl.report.summary_json import summary_data
from tests.command_line import CommandLine

INPUT = "inputs: {x: [4]}\n"
LARGE = 10**9


def compiled(text: str, **settings: int) -> Compiled:
    return compile_text(text, "bomb.yaml", settings=Settings(**settings))


def codes(text: str, **settings: int) -> list[str]:
    """The codes of the errors."""
    return [diagnostic.code.id for diagnostic in compiled(text, **settings).diagnostics if diagnostic.is_error]


def message(text: str, code: str) -> str:
    """The message of the only mistake of that code."""
    (only,) = [diagnostic for diagnostic in compiled(text).diagnostics if diagnostic.code.id == code]
    return only.message


# YAML


def test_an_alias_bomb() -> None:
    levels = "".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 30))
    assert codes(f"{INPUT}layers: [Flatten]\nvars:\n  l0: &l0 [1]\n{levels}") == ["LC107"]


def test_a_merge_key_bomb() -> None:
    keys = ", ".join(f"k{n}: 1" for n in range(1000))
    levels = "".join(f"- &m{n} {{{'<<: *m' + str(n - 1)}, a{n}: 1}}\n" for n in range(1, 1000))
    assert codes(f"- &m0 {{{keys}}}\n{levels}") == ["LC107"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000, "[" * 200 + "]" * 200,
        "x:\n" + "".join(f"{' ' * n}a:\n" for n in range(300))],
    ids=["lists", "mappings", "block lists", "keys", "closed", "block mappings"],
)  # fmt: skip
def test_deep_nesting(text: str) -> None:
    assert codes(text)[0] == "LC107"
    assert "100 levels" in compiled(text).diagnostics[0].message


def test_depth_through_aliases() -> None:
    """Each alias holds the one before, so the tree is deep where the text is flat."""
    for form in ("[*v{0}]", "{{a: *v{0}}}", "{{<<: {{a: *v{0}}}}}"):
        levels = "".join(f"  v{n}: &v{n} {form.format(n - 1)}\n" for n in range(1, 500))
        assert codes(f"vars:\n  v0: &v0 [1]\n{levels}{INPUT}layers: [Flatten]\n") == ["LC107"]


def test_a_file_that_is_too_large() -> None:
    text = f"{INPUT}layers: [Flatten]\n" + "# comment\n" * 3_400_000
    diagnostics = compile_bytes("large.yaml", text.encode()).diagnostics
    assert [diagnostic.code.id for diagnostic in diagnostics] == ["LC107"]
    assert "32.0 MiB" in diagnostics[0].message


def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "MAX_NODES", 1000)
    assert codes("[" + "1, " * 1000 + "]") == ["LC107"]


def test_long_lines_texts_and_keys() -> None:
    key, word = "k" * 100_000, "w" * 100_000
    diagnostics = compiled(f"{INPUT}layers: [{{Dense: {{units: {word}, ? {key} : 1}}}}, {word}]\n").diagnostics
    assert sorted(diagnostic.code.id for diagnostic in diagnostics) == ["LC201", "LC202", "LC204"]
    for diagnostic in diagnostics:
        assert all(len(line) < WIDEST + 20 for line in full(diagnostic).splitlines() if " | " in line)


def test_many_duplicate_keys() -> None:
    diagnostics = compiled(f"{INPUT}layers: [Flatten]\n" + "name: x\n" * 2001).diagnostics
    assert [diagnostic.code.id for diagnostic in diagnostics] == ["LC102"] * 2000


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfname: \xff", b"\xef\xbb\xbf\xef", b"\xff\xfe", b"\x80"])
def test_bytes_that_are_no_text(data: bytes) -> None:
    """Also after a byte order mark, which does not count as a character."""
    (diagnostic,) = compile_bytes("f.yaml", data).diagnostics
    assert diagnostic.code.id == "LC104"
    assert diagnostic.span.begin.column == (7 if b"name" in data else 1)


def test_text_from_a_spec_cannot_control_a_terminal() -> None:
    text = INPUT + 'layers: ["De\\e[31m\\nnse", {Dense: "\\u202e\\u2028"}]\n"a\\0b": 1\n'
    diagnostics = compiled(text).diagnostics
    assert len(diagnostics) == 3
    assert all(concise(diagnostic).isprintable() for diagnostic in diagnostics)
    assert "De\\x1b[31m\\nnse" in diagnostics[0].message + diagnostics[1].message + diagnostics[2].message


# Numbers


@pytest.mark.parametrize(
    "number", ["9" * 401, "-" + "9" * 401, "9" * 10_000, "0x" + "f" * 5000, "1." + "0" * 500, "1_" * 300 + "1"]
)
def test_a_number_of_too_many_digits(number: str) -> None:
    assert codes(f"{INPUT}layers: [{{Dense: {number}}}]\n") == ["LC107"]


def test_a_number_beyond_floats() -> None:
    many = "9" * 390
    assert codes(f"{INPUT}layers: [{{Dropout: {many}}}]\n") == ["LC204"]
    assert (
        codes(f"{INPUT}layers: [{{Dense: 1}}]\ntrain: {{loss: mse, optimizer: {{Adam: {{learning_rate: {many}}}}}}}\n")[0]
        == "LC205"
    )


@pytest.mark.parametrize(
    "layers",
    [
        "[{Dense: 1000000000000}]", "[{RepeatVector: 1000000000}, {LSTM: 1000000000}]",
        "[{Reshape: [2, 2, 1]}, {Conv2D: {filters: 1000000000000, kernel_size: 2}}]",
        "[{Reshape: [2, 2, 1]}, {UpSampling2D: 1000000000}, {ZeroPadding2D: 100000000}, {MaxPooling2D: 10000}, Flatten]",
        "[{Embedding: {input_dim: 1000000000, output_dim: 1000000000}}, BatchNormalization]",
    ],
)  # fmt: skip
def test_huge_shapes_are_judged_not_allocated(layers: str) -> None:
    compiled_spec = compiled(f"{INPUT}layers: {layers}\n")
    assert compiled_spec.ok, [diagnostic.message for diagnostic in compiled_spec.diagnostics]
    assert compiled_spec.model is not None
    totals = summarize(compiled_spec.model, 10**6).totals
    assert totals.training_bytes is not None
    assert totals.training_bytes >= LARGE


def test_the_figures_of_a_huge_model(cli: CommandLine) -> None:
    cli.write("huge.yaml", f"{INPUT}layers: [{{Dense: {LARGE}}}, {{Dense: {LARGE}}}]\n")
    assert cli("check", "huge.yaml").status == 0
    totals = cli("summary", "huge.yaml", "--format", "json", "--batch-size", LARGE).data["totals"]
    assert totals["params"] == 4 * LARGE + LARGE + LARGE**2 + LARGE
    assert totals["macs"] == 4 * LARGE + LARGE**2
    assert totals["weight_bytes"] == 4 * totals["params"]
    assert totals["activation_bytes"] == 2 * 4 * LARGE**2
    assert "TiB" in cli("summary", "huge.yaml").out


def test_a_shape_that_could_not_be_printed() -> None:
    dims = ", ".join(["9" * 300] * 20)
    assert "2^19931 values or more" in message(f"inputs: {{x: [{dims}]}}\nlayers: [Flatten]\n", "LC409")
    assert "a number of 302 digits" in message(f"{INPUT}layers: [{{Dense: {2**1000}}}]\n", "LC205")


@pytest.mark.parametrize(
    ("shape", "item"),
    [
        ("[1]", "Dense: {}"),
        ("[]", "Embedding: {{input_dim: {}, output_dim: 1}}"),
        ("[1]", "RepeatVector: {}"),
        ("[{}]", "Identity"),
    ],
)
def test_the_largest_tensor(shape: str, item: str) -> None:
    """TensorFlow counts the values of a tensor in 64 bits."""
    for most, accepted in ((2**63 - 1, True), (2**63, False)):
        spec = f"inputs: {{x: {shape.format(most)}}}\nlayers:\n  - {item.format(most)}\n"
        assert accepted is not any(each.is_error for each in compile_text(spec).diagnostics)


def test_sizes_in_readable_units() -> None:
    assert [size(n) for n in (0, 1023, 1024, 1536, 1024**2, 5 * 1024**4)] == [
        "0 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "5.0 TiB"
    ]  # fmt: skip
    assert size(1024**5) == "1,024.0 TiB"
    assert size(10**1000) is not None


def test_an_index_of_too_many_digits(cli: CommandLine) -> None:
    many = "9" * 5000
    assert (
        codes(f'{INPUT}layers: [{{Dense: 1}}, {{Dense: 1, inputs: "dense[{many}]"}}, {{Dense: 1, inputs: dense_{many}}}]\n')
        == ["LC302"] * 2
    )
    assert codes(f"{INPUT}layers: [{{Dense: 1, name: a_{many}}}, {{Dense: 1, inputs: a}}]\n") == ["LC302"]
    assert codes(f'{INPUT}layers: [Flatten]\nexpect: {{params: "{many}k"}}\n') == ["LC204"]
    (diagnostic,) = compile_bytes("f.yaml", f"{INPUT}layers: [Flatten]".encode(), overrides=(f"layers.{many}=1",)).diagnostics
    assert diagnostic.code.id == "LC211"


def test_a_deep_override() -> None:
    (diagnostic,) = compile_bytes("f.yaml", f"{INPUT}layers: [Flatten]".encode(), overrides=("a." * 5000 + "a=1",)).diagnostics
    assert diagnostic.code.id == "LC107"


def test_an_empty_override_has_its_place() -> None:
    diagnostics = compile_bytes("f.yaml", f"{INPUT}layers: [Flatten]".encode(), overrides=("inputs=",)).diagnostics
    assert diagnostics[-1].span.source.text == "inputs="
    assert (diagnostics[-1].span.start, diagnostics[-1].span.end) == (7, 7)


# Expressions


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9**9", "2**1025", "10**308*10**308", "[0]*10001", "'a'*10001", "range(10**9)", "1<<9**9", "[[0]*9999]*9999",
        "(" * 300 + "1" + ")" * 300, "-" * 900 + "1", "+".join("1" * 300), "int('9'*9999)", "float('9'*9999)",
        "[[[[[0]*9]*9]*9]*9]*9", "1" * 2000, "2.0**99999", "1e308*10", "int(1e308*10)", "sum([10**300]*9999)*10**300",
    ],
)  # fmt: skip
def test_an_expression_bomb(expression: str) -> None:
    assert codes(f'{INPUT}vars: {{v: "$({expression})"}}\nlayers: [{{Dense: $v}}]\n')[0] in ("LC208", "LC204", "LC205")


def test_variables_that_double() -> None:
    """Texts, lists in lists, and sums of lists."""
    for first, next_ in (
        ("aaaaaaaaaa", '"$v{0}$v{0}"'),
        ("[1, 1]", "[$v{0}, $v{0}]"),
        ("[1, 1]", "$(v{0} + v{0})"),
        ("[1]", "$([v{0}, v{0}])"),
    ):
        lines = "".join(f"  v{n + 1}: {next_.format(n)}\n" for n in range(60))
        found_codes = codes(f"vars:\n  v0: {first}\n{lines}{INPUT}layers: [{{Dense: $v60}}]\n")
        assert found_codes == ["LC208"], (next_, found_codes)


@pytest.mark.parametrize("next_", ["[$v{}]", "$([v{}])"])
@pytest.mark.parametrize("use", ["{{Dense: {}}}", "{{Dense: 4, inputs: {}}}", "{{RNN: {{cell: {}}}}}"])
def test_lists_that_deepen(next_: str, use: str) -> None:
    """Nested lists through variables: each is short, and together they are one deep value."""
    lines = "".join(f"  v{n + 1}: {next_.format(n)}\n" for n in range(3000))
    assert codes(f"vars:\n  v0: [1]\n{lines}{INPUT}layers: [{use.format('$v3000')}]\n") == ["LC208"]


def test_all_expressions_together(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f'{INPUT}layers: [{{for: {{i: 50}}, layers: [{{Dense: "$(len(range(10000)) - i)"}}]}}]\n'
    assert codes(text) == []
    monkeypatch.setattr("layerctl.base.meter.Meter.MOST", 1000)
    assert "1,000 steps" in message(text, "LC208")


# Expansion


@pytest.mark.parametrize(
    "items",
    [
        "[{Dense: 4, repeat: 1000000000}]",
        "[{for: {i: 1000000000}, layers: [{Dense: 4}]}]",
        "[{for: {i: 0xffffffffffffffffffffffff}, layers: [{Dense: 4}]}]",
        "[{for: {i: 1000000000}, layers: [{for: {j: 1000000000}, layers: [{Dense: 4}]}]}]",
        "[{for: {i: 1000000000}, layers: [{Dense: 4, if: false}]}]",
        "[{for: {i: 1000000000}, layers: [{for: {j: 0}, layers: [{Dense: 4}]}]}]",
        "[{for: {i: 1000000000}, layers: [{}]}]",
        "[{for: {i: 1000000000}, layers: [{branches: [[], []], merge: Add}]}]",
        "[{b: null, repeat: 1000000000}]",
    ],
)  # fmt: skip
def test_loops_without_end(items: str) -> None:
    text = f"{INPUT}blocks: {{b: {{layers: [{{Dense: 4, if: false}}]}}}}\nlayers: {items}\n"
    found_codes = codes(text, max_layers=500)
    assert found_codes.count("LC308") == 1
    assert set(found_codes) <= {"LC308", "LC212"}


@pytest.mark.parametrize("last", ["[{Dense: 4}]", "[{Dense: 4, if: false}]", "[{Dense: 4, repeat: 0}]"])
@pytest.mark.parametrize("used", [True, False])
def test_blocks_that_double(last: str, used: bool) -> None:
    """2^40 layers, or as many uses of blocks that give none."""
    blocks = "".join(f"  b{n}: {{layers: [b{n - 1}, b{n - 1}]}}\n" for n in range(1, 41))
    text = f"blocks:\n  b0: {{layers: {last}}}\n{blocks}{INPUT}layers: [{'b40' if used else 'Flatten'}]\n"
    compiled_spec = compiled(text, max_layers=500)
    assert "LC308" in [diagnostic.code.id for diagnostic in compiled_spec.diagnostics]
    assert len(compiled_spec.diagnostics) < 50


def towers(levels: int, uses: int, last: str) -> str:
    """Nested models, each of which uses the next one `uses` times."""
    bodies = [*(f"[{', '.join([f'm{level + 1}'] * uses)}]" for level in range(levels - 1)), last]
    models = "\n".join(f"  m{level}: {{inputs: {{x: [null]}}, layers: {body}}}" for level, body in enumerate(bodies))
    return f"models:\n{models}\n{INPUT}layers: [m0]\n"


def test_models_that_double() -> None:
    assert codes(towers(30, 2, "[ReLU]")) == ["LC308"]


def test_models_within_models() -> None:
    """The innermost is inferred for its own shapes and for those of the call, not twice as often at each level."""
    assert codes(towers(64, 1, "[ReLU]")) == []
    assert message(towers(65, 1, "[ReLU]"), "LC308") == "models are nested deeper than 64 levels"
    assert message(towers(64, 1, "[{Reshape: [3]}]"), "LC405")


def test_copies_of_a_large_item() -> None:
    inputs = ", ".join(["x"] * 10_000)
    text = f"{INPUT}layers: [{{for: {{i: 100000}}, layers: [{{Add: null, inputs: [{inputs}]}}]}}]\n"
    assert codes(text, max_layers=1000) == ["LC308"]


def test_loops_within_the_limit() -> None:
    """Dropped items and turns count less than layers do."""
    items = "[{for: {i: 20}, layers: [{for: {j: 20}, layers: [{Dense: 4}, {Dense: 4, if: false}]}]}]"
    assert codes(f"{INPUT}layers: {items}\n", max_layers=500) == []


# Includes


def test_an_include_that_is_no_file(tmp_path: Path) -> None:
    """A pipe without a writer, a directory, a device: none is opened."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "null.yaml").symlink_to("/dev/zero")
    path = tmp_path / "root.yaml"
    for name, words in (
        ("pipe.yaml", "a named pipe"),
        ("folder.yaml", "no file"),
        ("null.yaml", "outside"),
        ("a" * 5000, "too long"),
    ):
        (diagnostic,) = compile_bytes(str(path), f"include: [{name}]\n{INPUT}layers: [Flatten]\n".encode()).diagnostics
        assert diagnostic.code.id == "LC312"
        assert words in diagnostic.message


def test_an_include_of_a_device_within_the_root() -> None:
    compiled_spec = compile_bytes(
        "root.yaml", f"include: [/dev/zero]\n{INPUT}layers: [Flatten]\n".encode(), settings=Settings(include_root="/")
    )
    assert [diagnostic.code.id for diagnostic in compiled_spec.diagnostics] == ["LC312"]


# Work that must not grow quadratically with the file


def test_suggestions_end_after_enough_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Effort, "MOST", 5)
    sink = Sink()
    assert sink.did_you_mean("ab", ["abc", "x", "y"]) == "abc"
    assert sink.did_you_mean("ab", ["x", "y", "abc"]) is None
    assert sink.effort.left == 0
    assert sink.suggestion("ab", ["abc"]).text == "one of `abc`"
    assert Sink().did_you_mean("ab", ["x", "y", "abc"]) == "abc"


def test_a_long_line_is_not_copied_for_each_mistake_in_it() -> None:
    class Text(str):
        taken = 0

        def __getitem__(self, key: object) -> str:
            part = super().__getitem__(key)  # type: ignore[index]
            Text.taken += len(part)
            return part

    diagnostics = compiled(f"{INPUT}layers: [{', '.join(f'Dens{n}' for n in range(1000))}]\n").diagnostics
    assert len(diagnostics) == 1000
    source = diagnostics[0].span.source
    source.text = Text(source.text)
    out = io.StringIO()
    for diagnostic in diagnostics:
        out.write(full(diagnostic))
    assert Text.taken < 1000 * 3 * WIDEST


def test_the_place_in_a_text() -> None:
    source = Source("t", "ab\r\ncd\re\n\nf")
    assert source.position(10) == (5, 1)
    assert [source.line(number) for number in range(1, 6)] == ["ab", "cd", "e", "", "f"]
    assert [source.line_bounds(number) for number in (1, 2, 5)] == [(0, 2), (4, 6), (10, 11)]


def test_many_variables_are_not_copied_for_each_turn() -> None:
    from layerctl.language.bind import Binder

    names = {f"v{n}": n for n in range(100)}
    inner = Binder(Sink(), names).extended({"i": 1}).extended({"i": 2, "j": 3})
    assert inner.names["i"] == 2
    assert inner.names["v7"] == 7
    assert any(part is names for part in inner.names.maps)  # type: ignore[attr-defined]


def test_parameters_are_not_copied_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps grow as uses times parameters, not as the square of the parameters at each use."""
    copied: list[int] = []
    layered = binder.layered

    def counting(below: Mapping[str, object], above: Mapping[str, object]) -> Mapping[str, object]:
        copied.append(len(above))
        return layered(below, above)

    monkeypatch.setattr(binder, "layered", counting)
    params = ", ".join(f"p{n}: {'$p' + str(n - 1) if n % 2 else n}" for n in range(300))
    uses = "".join(f"  - b: {{q{n}: 1}}\n" for n in range(50))
    assert codes(f"{INPUT}blocks: {{b: {{params: {{{params}}}, layers: [{{Dense: $p299}}]}}}}\nlayers:\n{uses}") == ["LC201"] * 50
    assert sum(copied) < 50 * 300 * 4


@pytest.mark.parametrize(
    "layers",
    [
        "layers: [{b: null, repeat: 1000}]",
        "layers: [{for: {i: 1000}, layers: [{b: {p0: $i}}]}]",
        "  c: {layers: [{b: null, repeat: 1000}]}\nlayers: [c]",
    ],
)
def test_parameters_of_blocks_together(layers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    params = ", ".join(f"p{n}: 1" for n in range(100))
    text = f"{INPUT}blocks:\n  b: {{params: {{{params}}}, layers: [ReLU]}}\n{layers}"
    assert codes(text) == []
    monkeypatch.setattr(Meter, "MOST", 10_000)
    assert codes(text) == ["LC308"]
    assert message(text, "LC308") == "with this use, the blocks of this spec take more than 20,000 parameters together"


def test_summaries_of_huge_figures_are_json() -> None:
    import json

    compiled_spec = compiled(f"{INPUT}layers: [{{Dense: {2**60}}}]\n")
    assert compiled_spec.model is not None
    assert json.loads(json.dumps(summary_data(summarize(compiled_spec.model, 2**60))))["totals"]["params"] == 5 * 2**60
