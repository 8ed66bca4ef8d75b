"""`[tool.layerctl]` in pyproject.toml."""

from __future__ import annotations

import pytest

import layerctl
from tests.command_line import CommandLine

CLEAN = "inputs: {x: [4]}\nlayers: [{Dense: 2}]\n"
WARNS = "vars: {width: 1}\n" + CLEAN
INCLUDES = "include: [../lib.yaml]\ninputs: {x: [4]}\nlayers: [part]\n"
LIBRARY = "blocks: {part: {layers: [Dense: 2]}}\n"


def table(cli: CommandLine, text: str) -> None:
    cli.write("pyproject.toml", f"[project]\nname = 'x'\n\n[tool.layerctl]\n{text}\n")


def test_select_and_ignore(cli: CommandLine) -> None:
    cli.write("a.yaml", WARNS)
    assert "LC501" in cli("check", "a.yaml").out
    table(cli, 'ignore = ["LC5"]')
    assert "LC501" not in cli("check", "a.yaml").out
    assert "LC501" in cli("check", "a.yaml", "--ignore", "LC6").out
    table(cli, 'select = ["LC4"]')
    assert "LC501" not in cli("check", "a.yaml").out


def test_strict(cli: CommandLine) -> None:
    cli.write("a.yaml", WARNS)
    assert cli("check", "a.yaml").status == 0
    table(cli, "strict = true")
    assert cli("check", "a.yaml").status == 1
    assert cli("check", "a.yaml", "--no-strict").status == 0
    table(cli, "strict = false")
    assert cli("check", "a.yaml").status == 0
    assert cli("check", "a.yaml", "--strict").status == 1


def test_max_layers(cli: CommandLine) -> None:
    cli.write("a.yaml", "inputs: {x: [4]}\nlayers: [Flatten, Flatten, Flatten]\n")
    table(cli, "max-layers = 2")
    assert cli("check", "a.yaml").status == 1
    assert cli("summary", "a.yaml").status == 1
    assert cli("build", "a.yaml", "-o", "a.json").status == 1
    assert cli("check", "a.yaml", "--max-layers", "3").status == 0


def test_include_root(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.write("lib.yaml", LIBRARY)
    cli.write("models/a.yaml", INCLUDES)
    assert cli("check", "models/a.yaml").status == 1
    table(cli, 'include-root = "."')
    assert cli("check", "models/a.yaml").status == 0
    assert cli("build", "models/a.yaml", "-o", "a.json").status == 0
    inside = CommandLine(cli.monkeypatch, cli.capsys, cli.folder / "models")
    assert inside("check", "a.yaml").status == 0
    monkeypatch.chdir(cli.folder)
    assert layerctl.check("models/a.yaml").ok


def test_memory_budget(cli: CommandLine) -> None:
    cli.write("a.yaml", CLEAN)
    for size in ('"1KiB"', "1024", '"0.001MiB"'):
        table(cli, f"memory-budget = {size}")
        cli.write("a.yaml", "inputs: {x: [40]}\nlayers: [{Dense: 20}]\n")
        assert "LC515" in cli("check", "a.yaml").out
    assert "LC515" not in cli("check", "a.yaml", "--memory-budget", "8GiB").out


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('slect = ["LC5"]', "pyproject.toml:5:1", ("no key `slect`", "`select`")),
        (
            'strict = true\n# memory_budget = 3\n  memory_budget = "1GiB"',
            "pyproject.toml:7:3",
            ("`memory_budget`", "`memory-budget`"),
        ),
        ('"colour" = 1', "pyproject.toml:5:1", ("`colour`", "`select`", "`memory-budget`")),
        ('select = "LC5"', "pyproject.toml:5:1", ("list of codes", 'select = ["LC503"]')),
        ("ignore = [5]", "pyproject.toml:5:1", ("list of codes",)),
        ('ignore = ["LC9"]', "pyproject.toml:5:1", ("no diagnostic `LC9`",)),
        ('strict = "yes"', "pyproject.toml:5:1", ("true or false",)),
        ("spec = 3", "pyproject.toml:5:1", ("a path or a name",)),
        ('max-layers = "many"', "pyproject.toml:5:1", ("positive integer",)),
        ("max-layers = 0", "pyproject.toml:5:1", ("positive integer",)),
        ("max-layers = true", "pyproject.toml:5:1", ("positive integer",)),
        ('include-root = "none"', "pyproject.toml:5:1", ("directory",)),
        ('memory-budget = "8GB"', "pyproject.toml:5:1", ("8GiB", "'8GB'")),
        ("memory-budget = -1", "pyproject.toml:5:1", ("8GiB",)),
    ],
)
def test_what_is_wrong_has_its_place(cli: CommandLine, text: str, place: str, words: tuple[str, ...]) -> None:
    cli.write("a.yaml", CLEAN)
    table(cli, text)
    result = cli("check", "a.yaml")
    assert (result.status, result.out) == (2, "")
    assert f"error: {place}: " in result.err
    assert all(word in result.err for word in words)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("tool.layerctl.slect = 1\n", "pyproject.toml:1:15"),
        ("[tool]\nlayerctl = {strict = true, slect = 1}\n", "pyproject.toml:2:28"),
        ("[ tool . layerctl ]\nslect = 1\n", "pyproject.toml:2:1"),
        ("['tool']\n'layerctl'.slect = 1\n", "pyproject.toml:2:12"),
        ("tool = {layerctl = {slect = 1}}\n", "pyproject.toml:1:21"),
        ("[tool.layerctl]\r\nstrict = true\r\n  'slect'\t= 1", "pyproject.toml:3:3"),
        ("tool.layerctl.strict = true\ntool.slect = 1\ntool.layerctl.slect = 5\n", "pyproject.toml:3:15"),
        ('[tool.layerctl]\nignore = [\n  "slect = 1", # slect = 2\n]\n"slect" = """\nslect = 3"""\n', "pyproject.toml:5:1"),
        ("[tool.a]\nslect = 1\n[tool.layerctl]\nstrict = true\nslect = [\n  1,\n]\n[tool.b]\nslect = 1\n", "pyproject.toml:5:1"),
        ("[tool.layerctl.slect]\nx = 1\n", "pyproject.toml:1:16"),
    ],
)
def test_other_ways_to_write_the_table(cli: CommandLine, text: str, place: str) -> None:
    cli.write("a.yaml", CLEAN)
    cli.write("pyproject.toml", text)
    assert f"error: {place}: " in cli("check", "a.yaml").err


@pytest.mark.parametrize(
    "text", ["", "[tool.other]\nselect = 3\n", "dependencies = ['layerctl']\n", "[project.scripts]\nlayerctl = 'x:y'\n"]
)
def test_the_tables_of_others_are_left_alone(cli: CommandLine, text: str) -> None:
    cli.write("a.yaml", CLEAN)
    cli.write("pyproject.toml", text)
    assert cli("check", "a.yaml").status == 0


def test_no_toml(cli: CommandLine) -> None:
    cli.write("a.yaml", CLEAN)
    table(cli, "select = [")
    result = cli("check", "a.yaml")
    assert result.status == 2
    assert "error: pyproject.toml:6:1: it is no TOML: " in result.err
