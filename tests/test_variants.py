"""Variants of a spec, and widths that give several specs the same cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerctl.api.compare import unique_names
from layerctl.compiler.variants import Cost, Match, cost, match, nearest, read, split
from layerctl.diagnostics.errors import SpecError, UsageError

WIDE = "vars: {width: %s}\ninputs: {x: [10]}\nlayers: [{Dense: {units: $width}}, {Dense: 2}]\nexpect: {params: %s}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a.yaml").write_text(WIDE % (8, 106))
    (tmp_path / "b.yaml").write_text(WIDE % (30, 392))
    (tmp_path / "plain.yaml").write_text("inputs: {x: [10]}\nlayers: [{Dense: 20}, {Dense: 2}]\n")
    (tmp_path / "text.yaml").write_text(WIDE % ("$(2 * 4)", 106))
    (tmp_path / "odd@x=1.yaml").write_text(WIDE % (3, 41))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "spec", "own"),
    [
        ("cnn", "cnn", ()),
        ("cnn@vars.width=64", "cnn", ("vars.width=64",)),
        ("dir/cnn.yaml@vars.width=[1, 2]@train.epochs=3", "dir/cnn.yaml", ("vars.width=[1, 2]", "train.epochs=3")),
        ("cnn@name=a@b", "cnn", ("name=a@b",)),
        ("odd@x=1.yaml", "odd@x=1.yaml", ()),
    ],
)
def test_a_text_names_a_variant(folder: Path, text: str, spec: str, own: tuple[str, ...]) -> None:
    assert split(text) == (spec, own)


def test_a_variant_is_the_spec_with_its_changes(folder: Path) -> None:
    assert cost(read("a").compiled, "params") == 106
    wide = read("a@vars.width=64", ("vars.width=3",))
    assert cost(wide.compiled, "params") == 834
    with pytest.raises(SpecError):  # but it does for all that --set changes
        read("a", ("vars.width=3",))


@pytest.mark.parametrize(("by", "budget"), [("params", 392), ("macs", 360)])
def test_the_others_are_brought_to_the_cost_of_the_first(folder: Path, by: Cost, budget: int) -> None:
    first, second = match([read("b"), read("a")], by)
    assert first.match == Match(by, budget, budget)
    assert second.match == Match(by, budget, budget, "width", 8, 30)
    assert cost(second.compiled, by) == budget
    assert unique_names([first, second]) == ["b", "a@vars.width=30"]


def test_what_is_near_enough_needs_no_variable(folder: Path) -> None:
    _, plain = match([read("a@vars.width=20"), read("plain")], "params")
    assert plain.match is not None
    assert (plain.match.variable, plain.match.off) == (None, 0.0)


@pytest.mark.parametrize(
    ("name", "variable", "words"),
    [
        ("plain", None, "no variable called `width`, `units` or `filters`"),
        ("a", "depth", "no variable `depth`"),
        ("text", "width", "`width` is no positive integer"),
    ],
)
def test_what_cannot_be_matched(folder: Path, name: str, variable: str | None, words: str) -> None:
    with pytest.raises(SpecError) as error:
        match([read("b"), read(name)], "params", variable)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code.id == "LC690"
    assert words in diagnostic.message
    assert "--match-var" in (diagnostic.help or "")


def test_packaged_specs_can_be_matched(folder: Path) -> None:
    _, dense = match([read("conv2d"), read("dense")], "params")
    assert dense.match is not None
    assert (dense.match.value, dense.match.cost) == (44, 34990)
    _, dense = match([read("conv2d"), read("dense")], "macs")
    assert dense.match is not None
    assert abs(dense.match.off) < 0.001


@pytest.mark.parametrize("start", [1, 7, 64, 5000])
@pytest.mark.parametrize("budget", [1, 50, 999, 10**6])
def test_bisection_finds_what_counting_finds(start: int, budget: int) -> None:
    def figure(width: int) -> int | None:
        return None if width % 3 == 2 and width != start else width * width // 2 + 3

    widths = (width for width in range(1, 3000) if figure(width) is not None)
    best = min(abs((figure(width) or 0) - budget) for width in widths)
    assert abs((figure(nearest(figure, budget, start)) or 0) - budget) == best


def test_two_names_of_one_variant(folder: Path) -> None:
    with pytest.raises(UsageError, match="named twice"):
        unique_names([read("a"), read("a")])
    assert unique_names([read("a"), read("a@vars.width=9")]) == ["a", "a@vars.width=9"]
