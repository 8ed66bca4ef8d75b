"""SARIF output follows the published schema and the requirements of GitHub's code scanning."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from layerctl.diagnostics.fingerprints import line_hashes
from tests.command_line import CommandLine
from tests.npm import Unavailable, installed

PACKAGE, VERSION = "@microsoft/jest-sarif", "1.0.0-beta.0"
CLEAN = "inputs: {x: [4]}\nlayers: [{Dense: 2}]\n"
WARNS = "vars: {width: 1}\ninputs: {x: [4], extra: [2]}\nlayers:\n  - Dense: 2\n    inputs: x\n"
WRONG = "inputs: {x: [4]}\nlayers:\n  - Dense: {units: 8, activatoin: relu}\n  - Conv2D: {filters: 2, kernel_size: 3}\n"
TWICE = "inputs: {x: [4]}\nlayers:\n  - {Dense: 2, name: a}\n  - {Dense: 2, name: a}\n"
LIBRARY = "blocks:\n  part:\n    layers:\n      - Dense: {units: no}\n"
INCLUDES = "include: [parts/lib.yaml]\ninputs: {x: [4]}\nlayers: [part, Dense: 1]\n"


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema of SARIF 2.1.0, from a package of test helpers by Microsoft."""
    try:
        file = installed(PACKAGE, VERSION) / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json"
    except Unavailable as reason:
        pytest.skip(f"no SARIF schema: {reason}")
    content = json.loads(file.read_text(encoding="utf-8"))
    assert content["title"].startswith("Static Analysis Results Format (SARIF) Version 2.1.0")
    return content


def log(cli: CommandLine, *arguments: str, **environment: str) -> Any:
    done = cli("check", "--format", "sarif", *arguments, **environment)
    assert done.status in (0, 1), done.err
    return done.data


def results(data: Any) -> Iterator[dict[str, Any]]:
    for run in data["runs"]:
        yield from run["results"]


def uris(data: Any) -> list[str]:
    return [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results(data)]


CASES: dict[str, tuple[dict[str, str], int]] = {
    "errors": ({"a.yaml": WRONG}, 1),
    "warnings": ({"a.yaml": WARNS}, 2),
    "related": ({"a.yaml": TWICE}, 1),
    "includes": ({"a.yaml": INCLUDES, "parts/lib.yaml": LIBRARY}, 1),
    "clean": ({"a.yaml": CLEAN}, 0),
    "no YAML": ({"a.yaml": "layers: [\n"}, 1),
    "unicode": ({"ordner mit ä/模型 #1%.yaml": WRONG, "a:b.yaml": TWICE}, 2),
    "several": ({"a.yaml": WRONG, "b.yaml": WARNS, "sub/c.yaml": TWICE, "sub/d.yaml": CLEAN}, 3),
}


@pytest.mark.parametrize("name", CASES)
def test_the_published_schema(cli: CommandLine, schema: Any, name: str) -> None:
    files, least = CASES[name]
    for path, text in files.items():
        cli.write(path, text)
    data = log(cli, ".")
    assert len(list(results(data))) >= least
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(data)


def test_the_schema_refuses_what_is_wrong(cli: CommandLine, schema: Any) -> None:
    cli.write("a.yaml", WRONG)
    data = log(cli, ".")
    del data["runs"][0]["results"][0]["message"]
    assert not jsonschema.Draft4Validator(schema).is_valid(data)


@pytest.mark.parametrize("name", CASES)
def test_requirements_of_code_scanning(cli: CommandLine, name: str) -> None:
    for path, text in CASES[name][0].items():
        cli.write(path, text)
    data = log(cli, ".")
    driver = data["runs"][0]["tool"]["driver"]
    assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", driver["semanticVersion"])
    rules = driver["rules"]
    for rule in rules:
        assert {"id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration"} <= rule.keys()
        assert all(0 < len(rule[part]["text"]) <= 1024 for part in ("shortDescription", "fullDescription"))
        assert rule["help"]["text"]
        assert rule["properties"]["problem.severity"] in ("error", "warning")
    for result in results(data):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        (place,) = result["locations"]
        region = place["physicalLocation"]["region"]
        assert min(region.values()) >= 1
    assert not any(uri.startswith(("/", "file:")) for uri in uris(data))


def test_uris_are_relative_to_the_repository(cli: CommandLine, tmp_path: Path) -> None:
    cli.write("a.yaml", TWICE)
    assert uris(log(cli, str(cli.folder / "a.yaml"))) == ["a.yaml"]
    assert uris(log(cli, "a.yaml", GITHUB_WORKSPACE=str(cli.folder.parent))) == [f"{cli.folder.name}/a.yaml"]
    assert uris(log(cli, "a.yaml", GITHUB_WORKSPACE=str(tmp_path / "elsewhere"))) == ["a.yaml"]
    github = cli("check", "a.yaml", "--format", "github", GITHUB_WORKSPACE=str(cli.folder.parent))
    assert f"file={cli.folder.name}/a.yaml," in github.out


def test_a_file_outside_is_a_whole_uri(cli: CommandLine, tmp_path: Path) -> None:
    cli.write("in/side", "")
    path = cli.write("out side.yaml", TWICE)
    (uri,) = uris(log(cli, str(path), GITHUB_WORKSPACE=str(cli.folder / "in")))
    assert uri == path.as_uri()


def test_a_fingerprint_survives_lines_above(cli: CommandLine) -> None:
    cli.write("a.yaml", TWICE)
    (before,) = results(log(cli, "a.yaml"))
    cli.write("a.yaml", "# a comment\n\n" + TWICE)
    (after,) = results(log(cli, "a.yaml"))
    assert before["partialFingerprints"] == after["partialFingerprints"]
    assert before["locations"] != after["locations"]


HELLO = ["e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1"]


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", [*HELLO, "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1"]),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", [*HELLO, "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1"]),
    ],
)
def test_fingerprints_are_those_of_github(text: str, hashes: list[str]) -> None:
    assert line_hashes(text) == hashes


def test_equal_lines_are_counted() -> None:
    hashes = line_hashes("x\n" * 300)
    assert hashes[0].endswith(":1")
    assert hashes[1] == hashes[0].replace(":1", ":2")
