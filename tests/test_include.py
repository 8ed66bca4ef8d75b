"""Includes: their definitions are usable, and they cannot leave the spec's directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerctl.api.check import check
from layerctl.compiler.pipeline import Compiled, compile_bytes
from layerctl.compiler.selection import Selection
from layerctl.language.expand.settings import Settings

STEM = """
vars: {size: 3}
blocks:
  stem:
    params: {filters: null}
    layers: [{Conv2D: {filters: $filters, kernel_size: $size}}, ReLU]
"""


def spec(include: str, items: str = "[Flatten]") -> str:
    return f"include: {include}\nvars: {{size: 5}}\ninputs: {{x: [8, 8, 3]}}\nlayers: {items}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory `specs` that an include may use, with a file outside of it."""
    inside = tmp_path / "specs"
    (inside / "parts").mkdir(parents=True)
    (inside / "parts" / "stem.yaml").write_text(STEM)
    (tmp_path / "outside.yaml").write_text(STEM)
    return inside


def compiled_root(folder: Path, text: str, **settings: str) -> Compiled:
    path = folder / "root.yaml"
    path.write_text(text)
    return compile_bytes(str(path), path.read_bytes(), settings=Settings(**settings))  # type: ignore[arg-type]


def places(compiled: Compiled) -> list[tuple[str, str, int]]:
    return [(d.code.id, Path(d.span.source.path).name, d.span.begin.line) for d in compiled.diagnostics if d.is_error]


def test_blocks_come_with_their_own_variables(folder: Path) -> None:
    compiled = compiled_root(folder, spec("[parts/stem.yaml]", "[{stem: 4}]"))
    assert compiled.ok
    assert compiled.model is not None
    assert compiled.model.nodes[-1].output.shape == (None, 6, 6, 4)  # type: ignore[union-attr]


def test_transitively_each_path_from_its_own_file(folder: Path) -> None:
    (folder / "parts" / "all.yaml").write_text("include: [stem.yaml]\nblocks: {two: {layers: [{stem: 2}, {stem: 3}]}}")
    assert places(compiled_root(folder, spec("[parts/all.yaml]", "[two, {stem: 1}]"))) == []


@pytest.mark.parametrize("target", ["../outside.yaml", "parts/../../outside.yaml", "link.yaml", "linked/outside.yaml"])
def test_no_way_out(folder: Path, target: str) -> None:
    (folder / "link.yaml").symlink_to(folder.parent / "outside.yaml")
    (folder / "linked").symlink_to(folder.parent)
    text = spec(f"[{target}]", "[{stem: 4}]")
    assert places(compiled_root(folder, text)) == [
        ("LC312", "root.yaml", 1)
    ]  # what the file would define is not reported as missing
    assert compiled_root(folder, text, include_root=str(folder.parent)).ok


def test_no_way_out_by_an_absolute_path(folder: Path) -> None:
    text = spec(f"[{folder.parent / 'outside.yaml'}]")
    assert places(compiled_root(folder, text)) == [("LC312", "root.yaml", 1)]


def test_cycle(folder: Path) -> None:
    (folder / "a.yaml").write_text("include: [b.yaml]")
    (folder / "b.yaml").write_text("\ninclude: [a.yaml]")
    assert places(compiled_root(folder, spec("[a.yaml]"))) == [("LC311", "b.yaml", 2)]
    assert places(compiled_root(folder, spec("[root.yaml]"))) == [("LC311", "root.yaml", 1)]


def test_the_same_file_by_two_ways(folder: Path) -> None:
    (folder / "again.yaml").write_text("include: [parts/stem.yaml]")
    assert compiled_root(folder, spec("[again.yaml, parts/stem.yaml]", "[{stem: 4}]")).ok


def test_two_blocks_of_one_name(folder: Path) -> None:
    text = spec("[parts/stem.yaml]") + "blocks: {stem: {layers: [Flatten]}}\n"
    assert places(compiled_root(folder, text)) == [("LC303", "root.yaml", 5)]


def test_mistakes_are_at_their_own_file(folder: Path) -> None:
    text = "blocks:\n  stem:\n    layers:\n      - Conv2D: {filters: 2, kernel_size: 9}\n      - Dense\n"
    (folder / "bad.yaml").write_text(text)
    compiled = compiled_root(folder, spec("[bad.yaml, missing.yaml, parts]", "[stem, stem]"))
    assert places(compiled) == [
        ("LC312", "root.yaml", 1),
        ("LC312", "root.yaml", 1),
        ("LC402", "bad.yaml", 4),
        ("LC203", "bad.yaml", 5),
    ]
    use = next(d for d in compiled.diagnostics if d.code.id == "LC402").related[-1]
    assert Path(use.span.source.path).name == "root.yaml"
    assert "`stem`" in use.message


@pytest.mark.parametrize("include", ["stem.yaml", "[3]", "[null]", '["a\\0b"]', "{a: b}"])
def test_not_a_list_of_paths(folder: Path, include: str) -> None:
    assert places(compiled_root(folder, spec(include))) == [("LC204", "root.yaml", 1)]


def test_python_use_takes_a_path(folder: Path) -> None:
    (folder / "root.yaml").write_text(spec("[parts/stem.yaml]", "[{stem: 4}]"))
    assert check(folder / "root.yaml").ok


LEFT = "vars:\n  size: 3\n  left: $(size + 1)\n  over: 2\n" + STEM.split("\n", 2)[2]


def warnings(compiled: Compiled) -> list[tuple[str, str, int, str]]:
    return [(d.code.id, Path(d.span.source.path).name, d.span.begin.line, d.span.text) for d in compiled.diagnostics]


def test_variables_of_an_included_file_that_it_does_not_use(folder: Path) -> None:
    """Reported once, however often the file is included; uses in the including document do not count."""
    (folder / "parts" / "left.yaml").write_text(LEFT)
    (folder / "parts" / "all.yaml").write_text("include: [left.yaml]\nblocks: {two: {layers: [{stem: 2}, {stem: 3}]}}")
    text = "include: [parts/left.yaml, parts/all.yaml]\nvars: {over: 1}\ninputs: {x: [8, 8, 3]}\nlayers: [two, {stem: $over}]"
    compiled = compiled_root(folder, text)
    assert warnings(compiled) == [("LC501", "left.yaml", 3, "left"), ("LC501", "left.yaml", 4, "over")]


def test_unused_blocks_of_an_included_file_are_not_reported(folder: Path) -> None:
    assert warnings(compiled_root(folder, "include: [parts/stem.yaml]\ninputs: {x: [4]}\nlayers: [{Dense: 2}]")) == []


def test_variables_that_an_included_file_uses_anywhere(folder: Path) -> None:
    """In its own layers, if it is a spec too; in its includes; in an unused block."""
    text = "include: ['parts/$(part).yaml']\nvars: {part: stem, width: 3, depth: 2}\ninputs: {x: [4]}\n"
    text += "blocks: {deep: {layers: [{Dense: $depth}]}}\nlayers: [{Dense: $width}]\n"
    (folder / "model.yaml").write_text(text)
    assert warnings(compiled_root(folder, "include: [model.yaml]\ninputs: {x: [4]}\nlayers: [{Dense: 2}]")) == []


def test_a_comment_ignores_them(folder: Path) -> None:
    (folder / "parts" / "left.yaml").write_text(LEFT.replace("over: 2", "over: 2  # layerctl: ignore[LC501]"))
    compiled = compiled_root(folder, "include: [parts/left.yaml]\ninputs: {x: [8, 8, 3]}\nlayers: [{stem: 2}]")
    assert len(Selection().apply(compiled.checked).diagnostics) == 1
