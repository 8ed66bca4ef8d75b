"""Diagnostics in a terminal: several files, wide characters, tabs, long lines."""

from __future__ import annotations

from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics.text import coloured, full
from tests.command_line import CommandLine

LIBRARY = """\
blocks:
  inner:
    params: {filters: null}
    layers:
      - Conv2D: {filters: $filters, kernel_size: 5}
  outer:
    params: {filters: null}
    layers:
      - MaxPooling2D: 4
      - inner: {filters: $filters}
"""
DEEP = """\
include: [library.yaml]
inputs: {image: [28, 28, 1]}
blocks:
  top:
    layers:
      - outer: {filters: 8}
      - outer: {filters: 8}
layers:
  - top
  - Dense: 3
"""
THROUGH_BLOCKS = """\
error[LC402]: pool (4, 4) does not fit in an input of (3, 3)
 --> library.yaml:9:9
  |
5 |       - Conv2D: {filters: $filters, kernel_size: 5}
  |         ------ (batch, 3, 3, 8) comes from here, as `top.outer.inner.conv2d`
9 |       - MaxPooling2D: 4
  |         ^^^^^^^^^^^^ needs at least (4, 4) with padding: valid
  |
 ::: deep.yaml:9:5
  |
7 |       - outer: {filters: 8}
  |         ----- in the block `outer`, used here as `top.outer_1`
9 |   - top
  |     --- in the block `top`, used here as `top`
  |
  = help: set `padding: same`, use `pool_size: 3` or less, or drop a pooling layer before it
  = trace: image (batch, 28, 28, 1) → top.outer.max_pooling2d (batch, 7, 7, 1) → top.outer.inner.conv2d (batch, 3, 3, 8)

1 spec checked: 1 error
"""
WIDE = """\
inputs: {x: [4]}
layers:
  - {Dense: {units: 8, activation: "活性化", use_bais: true}}
  - {"Dense":	{units:	3,	activaton: relu}}
"""
MARKED = """\
3 |   - {Dense: {units: 8, activation: "活性化", use_bais: true}}
  |                                    ^^^^^^^^
3 |   - {Dense: {units: 8, activation: "活性化", use_bais: true}}
  |                                              ^^^^^^^^
4 |   - {"Dense":    {units:    3,    activaton: relu}}
  |                                   ^^^^^^^^^
"""


def test_the_way_through_blocks_and_files(cli: CommandLine) -> None:
    cli.write("library.yaml", LIBRARY)
    cli.write("deep.yaml", DEEP)
    assert cli("check", "deep.yaml").out == THROUGH_BLOCKS


def test_marks_stand_below_what_they_mark() -> None:
    marked = [line for diagnostic in compile_text(WIDE).diagnostics for line in full(diagnostic).splitlines()[3:5]]
    assert "\n".join(marked) == MARKED.rstrip("\n")


def test_a_long_line_is_cut_around_the_mistake() -> None:
    filler = ", ".join(f"k{number}: {number}" for number in range(100))
    text = f"inputs: {{x: [4]}}\nlayers:\n  - Dense: {{units: 8, {filler}, units: 9, {filler}}}\n"
    (twice,) = [d for d in compile_text(text).diagnostics if d.code.id == "LC102" and d.span.text == "units"]
    line, mark = full(twice).splitlines()[3:5]
    assert line.startswith("3 | …")
    assert line.endswith("…")
    assert len(line) == 164
    assert line[mark.index("^") : mark.rindex("^") + 1] == "units"


def test_colours_change_no_text() -> None:
    import re

    for text in (WIDE, "layers: [", "inputs: {x: [4, 4]}\nlayers: [{Conv2D: {filters: 1, kernel_size: 3}}]"):
        for diagnostic in compile_text(text).diagnostics:
            painted = full(diagnostic, coloured)
            assert "\x1b[1;31m" in painted
            assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == full(diagnostic)


def test_help_and_trace_are_broken_into_lines() -> None:
    layers = "".join("  - Conv2D: {filters: 8, kernel_size: 3, padding: same, activation: relu}\n" for _ in range(8))
    text = f"inputs: {{image: [28, 28, 1]}}\nlayers:\n{layers}  - Dense: {{units: 3, activation: nonesuch}}\n"
    (unknown,) = compile_text(text).diagnostics
    (shape,) = compile_text(text.replace("Dense: {units: 3, activation: nonesuch}", "Reshape: [3]")).diagnostics
    for diagnostic, note in ((unknown, "= help: "), (shape, "= trace: ")):
        lines = full(diagnostic).splitlines()
        first = next(number for number, line in enumerate(lines) if note in line)
        assert lines[first + 1].startswith(" " * (lines[first].index(note) + len(note)))
        assert all(len(line) <= 125 for line in lines[first:])
