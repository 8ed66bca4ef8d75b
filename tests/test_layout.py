"""Tables and sentences in lines of a given width."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerctl.diagnostics.text import cells, coloured, finished
from layerctl.report.layout import PIPED, Column, sentences, table, width_of, wrapped

COLUMNS = (Column("layer"), Column("type", "mark"), Column("shape", "shape"), Column("mean value", "figure"))
LINES = [
    ("stage1", "block", "(batch, 224, 224, 3)", "1,024"),
    ("  batch_normalization_1", "BatchNormalization", "(batch, 8)", "7"),
]


def drawn(width: int, **options: bool) -> list[str]:
    return [*table(COLUMNS, LINES, width, **options)]


def test_a_table_is_as_wide_as_it_needs_to_be() -> None:
    assert drawn(200, rule=True) == drawn(79, rule=True) == [
        "layer                    type                shape                 mean value",
        "─────────────────────────────────────────────────────────────────────────────",
        "stage1                   block               (batch, 224, 224, 3)       1,024",
        "  batch_normalization_1  BatchNormalization  (batch, 8)                     7",
    ]  # fmt: skip


def test_heads_are_broken_first_then_names_then_shapes() -> None:
    assert drawn(74) == [
        "layer                    type                shape                    mean",
        "                                                                     value",
        "stage1                   block               (batch, 224, 224, 3)    1,024",
        "  batch_normalization_1  BatchNormalization  (batch, 8)                  7",
    ]  # fmt: skip
    assert drawn(70) == [
        "layer                  type                shape                  mean",
        "                                                                 value",
        "stage1                 block               (batch, 224, 224, 3)  1,024",
        "  batch_               BatchNormalization  (batch, 8)                7",
        "    normalization_1",
    ]  # fmt: skip
    assert drawn(64) == [
        "layer                type                shape              mean",
        "                                                           value",
        "stage1               block               (batch, 224,      1,024",
        "                                         224, 3)",
        "  batch_             BatchNormalization  (batch, 8)            7",
        "    normalization_1",
    ]  # fmt: skip


def test_columns_without_room_follow_below() -> None:
    assert drawn(60) == [
        "layer                    type",
        "stage1                   block",
        "  batch_normalization_1  BatchNormalization",
        "",
        "layer                    shape                 mean value",
        "stage1                   (batch, 224, 224, 3)       1,024",
        "  batch_normalization_1  (batch, 8)                     7",
    ]  # fmt: skip


def test_the_head_and_faint_lines_are_painted() -> None:
    head, first, second = table(COLUMNS, LINES, 200, paint=coloured, faint=1)
    assert (
        finished(head, coloured).startswith("\x1b[1m"),
        finished(first, coloured).startswith("\x1b[2m"),
        second.startswith("  batch"),
    ) == (True, True, True)


def test_text_from_specs_is_made_printable() -> None:
    _, line = table([Column("name"), Column("n", "figure")], [("a\x1b[2J\nb", "1")], 80)
    assert line == "a\\x1b[2J\\nb  1"
    assert sentences("a\tb\x07", 80) == ["a\\tb\\x07"]


def test_wide_letters_take_two_columns() -> None:
    _, first, second = table([Column("class"), Column("n", "figure")], [("猫", "1"), ("dog", "2")], 80)
    assert (first, second) == ("猫     1", "dog    2")


@pytest.mark.parametrize(
    ("cell", "width", "kind", "lines"),
    [
        ("conv2_1.add.residual", 9, "name", ["conv2_1.", "  add.", "  residual"]),
        ("stem, stage1.batch_normalization", 22, "name", ["stem, stage1.", "  batch_normalization"]),
        ("global_average_pooling2d", 10, "name", ["global_", "  average_", "  pooling2d"]),
        ("runs/zoo/mlp.yaml", 12, "name", ["runs/zoo/", "  mlp.yaml"]),
        ("attended, 1.dropout", 12, "name", ["attended,", "  1.dropout"]),
        ("dense_1", 3, "name", ["dense_1"]),
        ("unbreakable", 3, "name", ["unbreakable"]),
        ("(5 × block)", 3, "text", ["(5 × block)"]),
        ("loss 0.5 (epoch 2)", 12, "text", ["loss 0.5", "(epoch 2)"]),
        ("a_b.c d", 3, "text", ["a_b.c", "d"]),
        ("", 0, "name", [""]),
    ],
)
def test_where_a_cell_is_broken(cell: str, width: int, kind: str, lines: list[str]) -> None:
    assert wrapped(cell, width, kind) == lines


@given(st.text("ab1_./ ,()×", max_size=40), st.integers(0, 30), st.sampled_from(["name", "text"]))
def test_nothing_is_lost_and_no_word_is_broken(cell: str, width: int, kind: str) -> None:
    lines = wrapped(cell, width, kind)
    assert "".join("".join(lines).split()) == "".join(cell.split())
    at = 0
    for number, line in enumerate(lines):
        at = cell.index(line.strip(), at)
        assert number == 0 or cell[at - 1] in (" ._/" if kind == "name" else " ")
        at += len(line.strip())


@given(st.text("abc ", max_size=80), st.integers(5, 40))
def test_sentences_stay_within_the_width(text: str, width: int) -> None:
    for line in sentences(text, width):
        assert cells(line) <= width or len(line.split()) <= 1


def test_sentences_are_broken_between_words() -> None:
    assert sentences("the mean is 5 % of all values", 14) == ["the mean is", "  5 % of all", "  values"]
    assert sentences("  a note that is long", 12, "....") == ["  a note", "  ....that", "  ....is", "  ....long"]


def test_output_to_a_pipe_has_a_default_width() -> None:
    assert width_of(io.StringIO()) == PIPED == 100
