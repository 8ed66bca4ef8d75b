"""The tree of a summary: its rows, and which of them are folded."""

from __future__ import annotations

import pytest

from layerctl.analysis.costs import Summary, summarize
from layerctl.compiler.locate import find, packaged_names
from layerctl.compiler.pipeline import compile_bytes, compile_text
from layerctl.report.layout import cells
from layerctl.report.table import View, markdown, table
from layerctl.report.tree import EVERYTHING, SCREEN, Entry, entries, parts
from tests.command_line import CommandLine

RESIDUAL = """
inputs: {image: [8, 8, 4]}
blocks:
  conv_bn:
    params: {filters: null}
    layers: [{Conv2D: {filters: $filters, kernel_size: 1}}, BatchNormalization]
  residual:
    params: {filters: null, project: false}
    layers:
      - branches:
          shortcut: [{conv_bn: $filters, if: $project}]
          body: [{conv_bn: $filters}, ReLU, {conv_bn: $filters}]
        merge: Add
      - ReLU
layers:
  - for: {i: 3}
    layers:
      - residual: {filters: 4}
        name: one$(i + 1)
  - residual: {filters: 8, project: true}
    name: two
  - GlobalAveragePooling2D
"""
CONV_BN = 4 * 4 + 4 + 4 * 4


def summary_of(text: str) -> Summary:
    compiled = compile_text(text)
    assert compiled.ok, [diagnostic.message for diagnostic in compiled.diagnostics]
    assert compiled.model is not None
    return summarize(compiled.model)


def packaged(name: str) -> Summary:
    file = find(name)
    model = compile_bytes(file.path, file.data).model
    assert model is not None
    return summarize(model)


def shown(text: str, depth: int | None = None, *, nested: bool = False) -> tuple[Entry, ...]:
    summary = summary_of(text)
    return entries(parts(summary), depth, nested=nested, before=summary.inputs[-1][0])


def outline(rows: tuple[Entry, ...]) -> list[str]:
    """Each row in short: indentation, name, count, type, inputs."""
    return [
        f"{'  ' * row.depth}{row.name}{' ▸' if row.folded else ''}: {row.times} {row.type} < {', '.join(row.inputs)}"
        for row in rows
    ]


def test_uses_of_a_block_that_are_alike_are_one_row_with_their_sums() -> None:
    rows = shown(RESIDUAL, 1)
    assert outline(rows) == [
        "one1 … one3 ▸: 3 residual < image",
        "two ▸: 1 residual < one3",
        "global_average_pooling2d: 1 GlobalAveragePooling2D < two",
    ]
    several = rows[0]
    assert (several.params, several.macs) == (3 * 2 * CONV_BN, 3 * 2 * 64 * 16)
    assert (several.shape, several.call) == ("(batch, 8, 8, 4)", ("one3.re_lu", 0))


def test_names_are_relative_to_the_block() -> None:
    assert outline(shown(RESIDUAL, EVERYTHING))[:9] == [
        "one1: 1 residual < image",
        "  add: 1 Add < image, body.conv_bn_1",
        "    body.conv_bn: 1 conv_bn < image",
        "      conv2d: 1 Conv2D < image",
        "      batch_normalization: 1 BatchNormalization < conv2d",
        "    body.re_lu: 1 ReLU < conv_bn",
        "    body.conv_bn_1: 1 conv_bn < re_lu",
        "      conv2d: 1 Conv2D < re_lu",
        "      batch_normalization: 1 BatchNormalization < conv2d",
    ]


def test_the_first_of_repeated_blocks_is_open() -> None:
    assert outline(shown(RESIDUAL, 2)) == [
        "one1: 1 residual < image",
        "  add ▸: 1 Add < image",
        "  re_lu: 1 ReLU < add",
        "one2 … one3 ▸: 2 residual < one1",
        "two: 1 residual < one3",
        "  add ▸: 1 Add < one3",
        "  re_lu: 1 ReLU < add",
        "global_average_pooling2d: 1 GlobalAveragePooling2D < two",
    ]


def test_what_differs_in_its_figures_is_one_row_only_where_it_is_folded() -> None:
    text = """
    inputs: {x: [8]}
    blocks: {hidden: {params: {units: null}, layers: [{Dense: $units}, ReLU]}}
    layers: [{for: {n: [64, 32, 16]}, layers: [{hidden: $n}]}]
    """
    folded, *others = shown(text, 1)
    assert not others
    assert (folded.name, folded.times, folded.shape) == ("hidden … hidden_2", 3, "(batch, 64…16)")
    assert folded.params == 8 * 64 + 64 + 64 * 32 + 32 + 32 * 16 + 16
    assert [row.name for row in shown(text) if row.depth == 0] == ["hidden", "hidden_1", "hidden_2"]


def test_branches_are_never_one_row() -> None:
    text = """
    inputs: {x: [8]}
    blocks: {hidden: {layers: [{Dense: 8}]}}
    layers:
      - branches: {left: [hidden], right: [hidden, hidden]}
        merge: Add
    """
    assert outline(shown(text, 2)) == [
        "add: 1 Add < left.hidden, right.hidden_1",
        "  left.hidden ▸: 1 hidden < x",
        "  right.hidden … hidden_1 ▸: 2 hidden < x",
    ]


def test_parallel_uses_of_a_block_read_all_that_they_read() -> None:
    text = """
    inputs: {x: [8], y: [8]}
    blocks: {tower: {layers: [{Dense: 8}]}}
    layers:
      - {tower: , inputs: x, name: left}
      - {tower: , inputs: y, name: right}
      - {Add: , inputs: [left, right]}
    """
    assert outline(shown(text, 1)) == ["left … right ▸: 2 tower < x, y", "add: 1 Add < left, right"]


def test_an_outer_name_that_an_inner_one_shadows_is_marked() -> None:
    text = """
    inputs: {x: [8]}
    blocks: {inner: {layers: [{Dense: 8}, {Dense: 8, name: last}, {Add: , inputs: [dense, last]}]}}
    layers: [{Dense: 8}, inner, {Dense: 4}]
    """
    rows = shown(text)
    assert outline(rows) == [
        "dense: 1 Dense < x",
        "inner: 1 inner < dense",
        "  dense: 1 Dense < ↑dense",
        "  last: 1 Dense < dense",
        "  add: 1 Add < dense, last",
        "dense_1: 1 Dense < inner",
    ]
    assert [row.follows for row in rows] == [True, True, False, True, False, True]


def test_a_block_that_gives_several_tensors_is_named_with_their_places() -> None:
    text = """
    inputs: {x: [8]}
    blocks: {two: {layers: [{Dense: 8, name: a}, {Dense: 8, name: b}], outputs: [a, b]}}
    layers: [{two: , name: both}, {Add: , inputs: ["both[0]", "both[1]"]}]
    """
    rows = shown(text, 1)
    assert outline(rows) == ["both ▸: 1 two < x", "add: 1 Add < both[0], both[1]"]
    assert rows[0].shape == "(batch, 8), (batch, 8)"


NESTED = """
inputs: {x: [8]}
blocks: {hidden: {layers: [{Dense: 8}]}}
models:
  encoder: {inputs: {given: [8]}, layers: [{Dense: 8}, hidden]}
layers:
  - {encoder: , name: first}
  - {reuse: first, name: again}
  - hidden
"""


def test_nested_models_stand_in_the_same_tree() -> None:
    assert outline(shown(NESTED)) == [
        "first: 1 Functional < x",
        "first (call 2): 1 Functional < first",
        "hidden: 1 hidden < again",
        "  dense: 1 Dense < again",
    ]
    rows = shown(NESTED, 1, nested=True)
    assert outline(rows) == [
        "first: 1 Functional < x",
        "  dense: 1 Dense < given",
        "  hidden ▸: 1 hidden < dense",
        "first (call 2): 1 Functional < first",
        "hidden ▸: 1 hidden < again",
    ]
    assert [row.params for row in rows] == [144, 72, 72, None, 72]
    assert [row.again for row in rows] == [False, False, False, True, False]
    assert [row.call for row in rows][:3] == [("first", 0), ("first/dense", 0), ("first/hidden.dense", 0)]


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    text = "inputs: {x: [8]}\nblocks: {own: {layers: [{Dense: 8}, 'a:B']}}\nlayers: [own]"
    (row,) = shown(text, 1)
    assert (row.params, row.macs, row.shape) == (None, None, "?")


def test_after_a_mistake_the_tree_ends_there(cli: CommandLine) -> None:
    cli.write("wrong.yaml", RESIDUAL.replace("- GlobalAveragePooling2D", "- {Dense: 3, inputs: [one1, two]}"))
    result = cli("summary", "wrong", "--depth", "1")
    assert (result.status, "LC306" in result.err) == (1, True)
    assert result.out.splitlines()[4:8] == [
        "image          Input                    (batch, 8, 8, 4)",
        "one1 … one3 ▸  3 × residual             (batch, 8, 8, 4)     216  6,144",
        "two ▸          residual                 (batch, 8, 8, 8)     248  8,192",
        "dense          Dense         one1, two  ?                      ?      ?",
    ]
    cli.write("wrong.yaml", "inputs: {x: [8]}\nlayers: [{Dense: 3, inputs: nothing}]")
    assert "\ndense  Dense  –      ?                  ?     ?\n" in cli("summary", "wrong").out


def test_without_a_depth_the_tree_fits_a_screen_where_it_can() -> None:
    assert [len(entries(parts(packaged(f"zoo/{name}")))) for name in ("resnet50", "mobilenet_v2", "unet")] == [16, 18, 27]
    blocks = [entries(parts(packaged(name))) for name in packaged_names() if name.startswith("zoo/")]
    assert all(len(rows) <= SCREEN for rows in blocks)
    assert outline(shown(RESIDUAL)) == outline(shown(RESIDUAL, 4))


@pytest.mark.parametrize("name", packaged_names())
def test_the_rows_at_the_top_add_up_to_the_totals(name: str) -> None:
    summary = packaged(name)
    tree = parts(summary)
    for depth in (1, 2, 3, EVERYTHING):
        rows = entries(tree, depth)
        top = [row for row in rows if row.depth == 0]
        assert sum(row.params or 0 for row in top) == summary.totals.params
        assert sum(row.macs or 0 for row in top) == summary.totals.macs
    layers = {row.name for row in summary.rows}
    assert {row.call[0] for row in rows if row.call is not None} == layers, "every layer has a row where nothing is folded"


@pytest.mark.parametrize("name", packaged_names())
@pytest.mark.parametrize("width", [80, 100, 200])
def test_no_table_is_wider_than_its_terminal(name: str, width: int) -> None:
    summary = packaged(name)
    for depth in (None, 1, 2, 3, EVERYTHING):
        lines = [*table(summary, View(depth=depth), width)]
        assert max(map(cells, lines)) <= width


GOLDEN = """\
residual

layer (type)                  input                             output shape      params   MACs
───────────────────────────────────────────────────────────────────────────────────────────────
image (Input)                                                   (batch, 8, 8, 4)
one1 (residual)                                                 (batch, 8, 8, 4)      72  2,048
  add                         image, body.conv_bn_1             (batch, 8, 8, 4)      72  2,048
    body.conv_bn              image                             (batch, 8, 8, 4)      36  1,024
      conv2d                  image                             (batch, 8, 8, 4)      20  1,024
      batch_normalization                                       (batch, 8, 8, 4)      16      0
    body.re_lu                                                  (batch, 8, 8, 4)       0      0
    body.conv_bn_1                                              (batch, 8, 8, 4)      36  1,024
      conv2d                  re_lu                             (batch, 8, 8, 4)      20  1,024
      batch_normalization                                       (batch, 8, 8, 4)      16      0
  re_lu                                                         (batch, 8, 8, 4)       0      0
one2 … one3 ▸ (2 × residual)                                    (batch, 8, 8, 4)     144  4,096
two (residual)                                                  (batch, 8, 8, 8)     248  8,192
  add                         shortcut.conv_bn, body.conv_bn_1  (batch, 8, 8, 8)     248  8,192
    shortcut.conv_bn          one3                              (batch, 8, 8, 8)      72  2,048
      conv2d                  one3                              (batch, 8, 8, 8)      40  2,048
      batch_normalization                                       (batch, 8, 8, 8)      32      0
    body.conv_bn              one3                              (batch, 8, 8, 8)      72  2,048
      conv2d                  one3                              (batch, 8, 8, 8)      40  2,048
      batch_normalization                                       (batch, 8, 8, 8)      32      0
    body.re_lu                                                  (batch, 8, 8, 8)       0      0
    body.conv_bn_1                                              (batch, 8, 8, 8)     104  4,096
      conv2d                  re_lu                             (batch, 8, 8, 8)      72  4,096
      batch_normalization                                       (batch, 8, 8, 8)      32      0
  re_lu                                                         (batch, 8, 8, 8)       0      0
global_average_pooling2d                                        (batch, 8)             0      0

a row without an input reads the one above it
▸ has further rows below it; `layerctl summary --depth N` shows N levels, `--depth all` everything
parameters: 464 (368 trainable, 96 not)
MACs: 14,336 for one sample (1 MAC = 2 FLOPs)
memory: 1.8 KiB weights, 39.0 KiB activations, 45.2 KiB to train with Adam, at batch size 1
"""


def test_a_table_in_full(cli: CommandLine) -> None:
    cli.write("residual.yaml", RESIDUAL)
    assert cli("summary", "residual").out == GOLDEN
    assert cli("summary", "residual", "--depth", "4").out == GOLDEN
    assert cli("summary", "residual", NO_COLOR="1", FORCE_COLOR="1").out == GOLDEN
    for depth in ("0", "-1", "some", "1.5", "99999999999999999999999"):
        wrong = cli("summary", "residual", "--depth", depth)
        assert (wrong.status, "is no number of levels" in wrong.err) == (2, True)


@pytest.mark.parametrize("name", ["\\t", "\\r\\n", "", " ", "  a b", "é"])
def test_a_name_that_is_a_mistake_stands_in_a_narrow_table_too(name: str) -> None:
    text = (
        f'inputs: {{"{name}": [5, 5, 3]}}\nmodels: {{m: {{inputs: {{e: [5]}}, layers: [{{Dense: 2}}]}}}}\nlayers: [Flatten, m]\n'
    )
    model = compile_text(text).model
    assert model is not None
    lines = [*table(summarize(model, 32), View(32), 40)]
    assert any("(Input" in line for line in lines)


def test_markdown_has_the_tree(cli: CommandLine) -> None:
    cli.write("residual.yaml", RESIDUAL)
    lines = cli("summary", "residual", "--format", "markdown", "--depth", "2").out.splitlines()
    assert "| one1 | residual |  | (batch, 8, 8, 4) | 72 | 2,048 |" in lines
    assert "| &emsp;add ▸ | Add | image | (batch, 8, 8, 4) | 72 | 2,048 |" in lines
    assert "| one2 … one3 ▸ | 2 × residual |  | (batch, 8, 8, 4) | 144 | 4,096 |" in lines
    assert markdown(summary_of(RESIDUAL), View(depth=2)).count("\n") + 1 == len(lines)


def test_machine_output_has_every_layer(cli: CommandLine) -> None:
    cli.write("residual.yaml", RESIDUAL)
    whole = cli("summary", "residual", "--format", "json").data
    assert cli("summary", "residual", "--format", "json", "--depth", "1").data == whole
    assert [layer["name"] for layer in whole["layers"]][:2] == [
        "one1.add.body.conv_bn.conv2d",
        "one1.add.body.conv_bn.batch_normalization",
    ]
