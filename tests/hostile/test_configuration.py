"""pyproject.toml of any content: the settings, or a message that names the place; no other exception, and quick."""

from __future__ import annotations

import os
import re
import string
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as options
from hypothesis import strategies as st

from layerctl.base.toml_places import MOST_NESTED, places, too_deep
from layerctl.compiler.configuration import KEYS, Configuration, configuration
from layerctl.compiler.locate import default
from layerctl.compiler.selection import selection
from layerctl.diagnostics.errors import UsageError
from tests.command_line import CommandLine

SPEC = "inputs: {x: [4]}\nlayers:\n  - Dense: 2\n"
PLACE = re.compile(r"pyproject\.toml:[0-9]+:[0-9]+: ")
QUICK = options(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

WORDS = ("tool", "layerctl", "tool.layerctl", "strict", "select", "spec", "true", "1", "1e999", "nan", "1979-05-27", "07:32:00")
MARKS = [
    "\\u006c",
    "\\x6c",
    *"==\n\n.,-é\\[]{}\"'#\u202e\x1b\t \0",
    "[[",
    "]]",
    '"""',
    "'''",
    "\r\n",
    "[tool.layerctl]\n",
    "[tool]\n",
]
PIECES = st.sampled_from([*WORDS, *MARKS, "0x" + "f" * 5000, "9" * 5000])
LITERAL = st.text(string.ascii_letters + string.digits + string.punctuation.replace("'", "") + " \t")
VALUES = st.recursive(
    st.one_of(
        st.booleans().map(lambda value: str(value).lower()),
        st.integers().map(str),
        st.sampled_from(["inf", "-nan", "1e400", "0x" + "f" * 5000, "1979-05-27T07:32:00Z", "'" + "a" * 5000 + "'", '"\\u0000"']),
        st.floats(allow_nan=False, allow_infinity=False).map(lambda value: f"{value:f}"),
        LITERAL.map("'{}'".format),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda values: f"[{', '.join(values)}]"),
        st.lists(inner, max_size=3).map(lambda values: "{" + ", ".join(f"k{i} = {v}" for i, v in enumerate(values)) + "}"),
    ),
    max_leaves=6,
)
NAMES = st.one_of(st.sampled_from(sorted(KEYS)), st.text(min_size=1, max_size=8).filter(str.isascii))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pyproject.toml of the current directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "pyproject.toml"


def outcome(file: Path, content: bytes) -> str | None:
    """The message about a configuration; None where it is accepted."""
    file.write_bytes(content)
    try:
        assert isinstance(configuration(), Configuration)
        selection()
        default()
    except UsageError as error:
        return error.message
    return None


def placed(message: str | None) -> bool:
    """Whether nothing is wrong, or the place of what is wrong is said; without a configured spec there is none to be found."""
    return message is None or PLACE.match(message) is not None or message.startswith("which spec?")


@given(st.lists(PIECES, max_size=30).map("".join))
@example("tool=1\n")
@example("[tool]\nlayerctl = []\n")
@example("[[tool.layerctl]]\n")
@example("[tool.layerctl]\nselect=" + "[" * 100_000)
@example("[tool.layerctl]\n" + "a." * 100_000 + "b = 1")
@example("[tool.layerctl]\nselect = 1" + 5000 * "0")
@example("[tool.layerctl]\nmax-layers = 0x1" + 5000 * "0")
@example('[tool.layerctl]\n"a\\"b" = 1')
@example('["\\u0074ool".layerctl]\nselect = 1')
@QUICK
def test_any_text(file: Path, text: str) -> None:
    message = outcome(file, text.encode())
    assert placed(message), message
    assert message is None or len(message) < 500


@given(st.binary(max_size=200).map(lambda data: b"[tool.layerctl]\n" + data))
@QUICK
def test_any_bytes(file: Path, content: bytes) -> None:
    message = outcome(file, content)
    assert placed(message), message


@given(NAMES, VALUES)
@QUICK
def test_any_value(file: Path, name: str, value: str) -> None:
    quoted = '"' + "".join(f"\\u{ord(char):04x}" for char in name) + '"'
    message = outcome(file, f"# first\n[tool.layerctl]\n  {quoted} = {value}\n".encode())
    assert placed(message), message
    assert name in KEYS or str(message).startswith("pyproject.toml:3:3: ")


@given(st.lists(PIECES, max_size=30).map("".join))
@QUICK
def test_each_key_has_a_place(text: str) -> None:
    try:
        document = tomllib.loads(text) if too_deep(text) is None else {}
    except ValueError:
        return
    found = places(text)

    def look(table: dict[str, object], at: tuple[str, ...]) -> None:
        for key, value in table.items():
            assert (*at, key) in found
            if isinstance(value, dict):
                look(value, (*at, key))

    look(document, ())


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"tool = 1\n", "1:1", "`tool` is no table"),
        (b"a = 1\n[tool]\n  layerctl = [1]\n", "3:3", "`tool.layerctl` is no table"),
        (b"[tool.layerctl]\nstrict = \xff\n", "2:10", "it is not UTF-8 text"),
        ("[tool.layerctl]\nstrict = 1\n".encode("utf-16"), "1:1", "it is not UTF-8 text"),
        (b"\xef\xbb\xbf[tool.layerctl]\nstrict = 1\n", "2:1", "`strict` in [tool.layerctl] takes true or false"),
        (b"[tool.layerctl]\nselect = " + b"[" * 100_000, "2:110", "it nests more than 100 deep"),
        (b"[tool.layerctl]\nselect = [\n", "3:1", "it is no TOML: invalid value"),
        (b"[tool.layerctl]\nstrict = true\nstrict = true\n", "3:14", "it is no TOML: cannot overwrite a value"),
        (b"[tool.layerctl]\nmax-layers = 1" + b"0" * 5000, "2:14", "a number has more than 4300 digits"),
        (b'[tool.layerctl]\nspec = "' + b"a" * 5000 + b'"\n', "2:1", "there is no spec `aaa"),
        (b'["tool"."layer\\u0063tl"]\n"str\\u0069ct" = 1\n', "2:1", "`strict` in [tool.layerctl] takes true or false"),
    ],
)
def test_the_place_of_a_mistake(cli: CommandLine, content: bytes, place: str, words: str) -> None:
    cli.write("pyproject.toml", content)
    result = cli("summary")
    assert (result.status, result.out) == (2, "")
    assert f"error: pyproject.toml:{place}: " in result.err
    assert words in result.err
    assert len(result.err) < 1000


def test_what_is_no_file(cli: CommandLine) -> None:
    file = cli.folder / "pyproject.toml"
    cli.write("m.yaml", SPEC)
    kinds = {"is a directory": file.mkdir, "no such file": lambda: file.symlink_to("nowhere")}
    if hasattr(os, "mkfifo"):
        kinds |= {"a named pipe": lambda: os.mkfifo(file), "a device": lambda: file.symlink_to("/dev/zero")}
    for words, make in kinds.items():
        make()
        result = cli("check", "m.yaml")
        assert result.status == 2
        assert "cannot read pyproject.toml: " in result.err
        assert words in result.err
        file.rmdir() if words == "is a directory" else file.unlink()


@pytest.mark.parametrize(
    "line",
    ["k{0} = 1\n", "k{0}.a.b = 1\n", '"k\\u0020{0}" = 1\n', "[tool.layerctl.k{0}]\n", "[[tool.layerctl.x]]\n# {0}\n"],
)
def test_the_time_grows_as_the_number_of_keys(file: Path, line: str) -> None:
    def seconds(count: int) -> float:
        begun = time.process_time()
        assert outcome(file, ("[tool.layerctl]\n" + "".join(line.format(i) for i in range(count))).encode())
        return time.process_time() - begun

    assert seconds(16_000) < 8 * seconds(4_000) + 0.5


def test_texts_that_do_not_end_are_read_once() -> None:
    for text in ('"""' * 300_000, '"\\' * 300_000, "'''" * 300_000, "[" * 300_000, '"""\\' * 300_000):
        begun = time.process_time()
        too_deep(text)
        assert time.process_time() - begun < 3
    assert too_deep("[" * MOST_NESTED + "]" * MOST_NESTED) is None


@pytest.mark.skipif(os.name == "nt", reason="a current directory cannot be removed there")
def test_a_current_directory_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert configuration() == Configuration()


@pytest.mark.parametrize("blank", ["\n", "\r\n", " \n", "#\n", "\t"])
def test_blank_lines_take_time_as_their_number(cli: CommandLine, blank: str) -> None:
    cli.write("m.yaml", "inputs: {x: [4]}\nlayers:\n  - Dense: 2\n")
    cli.write("pyproject.toml", blank * 100_000 + "\n[tool.layerctl]\nspec = 1\n")
    begun = time.process_time()
    done = cli("check", "m.yaml")
    assert (done.status, "`spec` in [tool.layerctl] takes a path" in done.err) == (2, True), done
    assert time.process_time() - begun < 10
