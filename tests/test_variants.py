"""Variants of a spec, and widths that give several specs the same cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from layerctl.api.compare import unique_names
from layerctl.compiler.variants import Cost, Match, read, split
from layerctl.compiler.widths import cost, figures_near, match, nearest
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
    assert abs((figure(nearest(figures_near(figure, budget, start), budget)) or 0) - budget) == best


IMAGE = """
vars: {vars}
inputs: {{x: [784]}}
layers: [{{Dense: {{units: "{units}", activation: relu}}}}, {{Dense: 10}}]
"""


@pytest.mark.parametrize(
    ("vars", "units", "variable", "value"),
    [
        ("{width: 8}", "$(max(4, 200 - width))", "width", 156),
        ("{width: 8}", "$(200 - width)", "width", 156),
        ("{width: 190}", "$(200 - width)", "width", 156),
        ("{width: 400}", "$(max(4, 200 - width))", "width", 156),
        ("{width: 3}", "$(484 // width)", "width", 11),
        ("{width: 3}", "$(abs(100 - width))", "width", 56),
        ("{width: 130}", "$(min(width, 100))", "width", 44),
        ("{width: 1000}", "$(width % 50 + 1)", "width", 43),
        ("{units: 8, width: 3}", "$units", "units", 44),
        ("{width: 3, filters: 9}", "$filters", "filters", 44),
        ("{width: 3, filters: 9}", "$(100 - filters)", "filters", 56),
        ("{width: 3, units: 9}", "$(width * 4)", "width", 11),
    ],
)
def test_the_exact_width_is_found_where_there_is_one(vars: str, units: str, variable: str, value: int, folder: Path) -> None:
    (folder / "first.yaml").write_text(IMAGE.format(vars="{width: 44}", units="$width"))
    (folder / "other.yaml").write_text(IMAGE.format(vars=vars, units=units))
    _, other = match([read("first"), read("other")], "params")
    assert other.match == Match("params", 34990, 34990, variable, other.match.before if other.match else None, value)


@pytest.mark.parametrize(
    ("vars", "units", "variable", "words"),
    [
        (
            "{width: 8}",
            "$(max(100, width))",
            None,
            ("comes to 79,510 parameters at best, 127 % more than the 34,990 of the first",),
        ),
        ("{width: 8}", "$(50 + 50)", None, ("`width` changes nothing",)),
        ("{width: 3, units: 9}", "$(min(units, 20))", None, ("`width` changes nothing", "`units` from 1 to ")),
        ("{width: 3, units: 9}", "$units", "width", ("tried: `width` changes nothing; name another",)),
        ("{width: 1}", "$(width * 100)", None, ("comes nearest with 1 (79,510)",)),
    ],
)
def test_a_budget_that_is_missed_is_an_error(
    vars: str, units: str, variable: str | None, words: tuple[str, ...], folder: Path
) -> None:
    (folder / "first.yaml").write_text(IMAGE.format(vars="{width: 44}", units="$width"))
    (folder / "other.yaml").write_text(IMAGE.format(vars=vars, units=units))
    with pytest.raises(SpecError) as error:
        match([read("first"), read("other")], "params", variable)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code.id == "LC693"
    assert diagnostic.span.start > 0, "at the variable"
    for part in words:
        assert part in f"{diagnostic.message}; {diagnostic.help}"


@pytest.mark.parametrize("start", [1, 30, 300])
@pytest.mark.parametrize("budget", [1, 77, 999, 10**6])
def test_a_figure_that_falls_is_found_too(start: int, budget: int) -> None:
    def figure(width: int) -> int | None:
        return None if width > 700 else 500_000 // width

    best = min(abs((figure(width) or 0) - budget) for width in range(1, 701))
    assert abs((figure(nearest(figures_near(figure, budget, start), budget)) or 0) - budget) == best


def test_two_names_of_one_variant(folder: Path) -> None:
    with pytest.raises(UsageError, match="named twice"):
        unique_names([read("a"), read("a")])
    assert unique_names([read("a"), read("a@vars.width=9")]) == ["a", "a@vars.width=9"]
