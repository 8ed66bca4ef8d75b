"""Text from outside, in all that is printed: it controls no terminal, begins no line, commands no service, breaks no format."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from layerctl.base import json_text
from layerctl.base.image_files import by_class
from layerctl.base.printable import line, printable
from layerctl.base.source import Source, Span
from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics import Code, Diagnostic, Related
from layerctl.diagnostics.checked import Checked
from layerctl.diagnostics.github import to_github
from layerctl.diagnostics.junit import to_junit
from layerctl.diagnostics.machine import check_data, to_json
from layerctl.diagnostics.sarif import sarif_data
from layerctl.diagnostics.text import coloured, concise, finished, full
from layerctl.report import comparison_page
from layerctl.report import page as pages
from layerctl.report.layout import Column, sentences, table
from layerctl.report.markdown import literal
from layerctl.report.predictions import Classes, ClassProbability, Prediction, Predictions
from tests.command_line import CommandLine

NASTY = (
    "::error::x", " ::add-mask::x", "##[error]x", "a##vso[task.complete]", "a\n::error::x", "a\r\n##[group]x",
    "a\u2028::error::x", "\x1b[31m", "\x1b]0;owned\x07", "\x9b2J", "\x00", "\x7f", "\u202e", "\u2066",
    "\ufeff", "\ufdd0", "\udcff", "\ud800",
    "`b`", "|", "[x](y)", "<b>&amp;", "# h", "$\\frac$", "%0A::error::", "]]>", "--", ",",
    ":", '"', "'", "\\", "\t", "é", "活", "😀",
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=3)), max_size=4).map("".join),
    st.text(st.characters(), max_size=20),
)
ESCAPES = re.compile(r"\x1b\[(0|1|2|34|36|1;31|1;33|1;34)m")
COMMAND = re.compile(r"^\s*::(?!: )|##\w*\[", re.MULTILINE)


class Wrong(Code, id="LC999"):
    """A mistake.

    Why:
        It is wrong.
    """


def lines_of(text: str) -> list[str]:
    """The lines of an output, which is harmless to people and services."""
    lines = text.split("\n")
    assert [line for line in lines if not line.isprintable()] == []
    assert COMMAND.findall(text) == []
    return lines


def mistake(path: str, words: str) -> Diagnostic:
    """A mistake in a file of this name and with these words everywhere."""
    source, other = Source(path, f"{words} x\n{words}"), Source(f"{path} 2", "x")
    related = (Related(Span(other, 0, 1), words), Related(Span(source, 0, 1), words))
    return Diagnostic(Wrong, Span(source, 0, 2), words, words, words, related, (words,))


@given(TEXTS)
def test_a_line_is_one_harmless_line(text: str) -> None:
    assert len(lines_of(line(text))) == 1
    assert line(line(text)) == line(text)
    assert printable(text).isprintable()


@given(st.text(st.characters(exclude_categories=("C", "Z"))).filter(lambda text: "::" not in text and "##" not in text))
def test_what_can_be_printed_stays_as_it_is(text: str) -> None:
    assert line(text) == text


@given(TEXTS)
def test_colours_are_only_our_own(text: str) -> None:
    shown = finished(f"{text}{coloured(text, 'error')}", coloured)
    assert "\x1b" not in ESCAPES.sub("", shown)
    assert ESCAPES.sub("", shown).isprintable()
    assert "\x1b" not in finished(f"{text}{coloured('x', 'error')}")


@given(TEXTS, TEXTS)
def test_a_mistake_is_harmless_in_each_form_for_people(path: str, words: str) -> None:
    diagnostic = mistake(path, words)
    lines_of(full(diagnostic))
    assert len(lines_of(concise(diagnostic))) == 1


@given(TEXTS, TEXTS)
def test_an_annotation_is_one_line_that_says_what_is_there(path: str, words: str) -> None:
    (command,) = to_github([Checked(path, None, (mistake(path, words),))]).split("\n")
    assert command.isprintable()
    head, _, message = command.removeprefix("::error ").partition("::")
    assert ":" not in head
    assert [pair.partition("=")[0] for pair in head.split(",")][:2] == ["file", "line"]
    said = message.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    assert printable(said) == printable(f"{words}\nhelp: {words}" if words else words)


@given(TEXTS, TEXTS)
def test_junit_is_xml(path: str, words: str) -> None:
    text = to_junit([Checked(path, None, (mistake(path, words),))])
    assert [line for line in text.split("\n") if not line.isprintable() or line.lstrip().startswith(("::", "##["))] == []
    case = ElementTree.fromstring(text).find("testsuite/testcase")
    assert case is not None
    assert case.get("file") == printable(path)


@given(TEXTS, TEXTS)
@pytest.mark.parametrize("form", [check_data, sarif_data])
def test_json_loses_nothing(form: Callable[..., object], path: str, words: str) -> None:
    path = re.sub("[\ud800-\udc7f\udd00-\udfff]", "", path)  # no name of a file has them
    text = to_json(form([Checked(path, words, (mistake(path, words),))]))
    assert [line for line in text.split("\n") if not line.isprintable()] == []
    data = json.loads(text)
    if form is check_data:
        assert (data["files"][0]["path"], data["files"][0]["diagnostics"][0]["message"]) == (path, words)
    else:
        assert data["runs"][0]["results"][0]["message"]["text"].startswith(words)


@given(st.recursive(TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6))
def test_json_is_printable_and_the_same_in_any_encoding(value: object) -> None:
    text = json_text.pretty(value)
    assert json.loads(text) == json.loads(json_text.printable(text, ascii=True)) == json.loads(json.dumps(value))
    assert json_text.printable(text, ascii=True).isascii()
    assert all(line.isprintable() for line in text.split("\n"))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4), TEXTS, st.integers(1, 60))
def test_tables_and_sentences(rows: list[tuple[str, str]], words: str, width: int) -> None:
    columns = [Column("name"), Column("values", "text")]
    lines_of("\n".join(finished(line) for line in (*table(columns, rows, width), *sentences(words, width))))


@given(TEXTS, TEXTS)
def test_predictions_have_a_line_each(source: str, name: str) -> None:
    row = Prediction(source, 0, {"y": Classes((ClassProbability(name, 0, 0.5),))})
    predictions = Predictions(Path("run"), "model", ("y",), (row,))
    assert len(predictions.to_csv().split("\n")) == 3
    json.loads(json_text.pretty(predictions.to_json()))


@pytest.mark.parametrize("format", ["json", "csv", "table"])
def test_predictions_in_a_file_name_their_files(cli: CommandLine, monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    """What a service takes for a command stays as it is where programs read it."""
    sources = ("a##[b].png", "::error::x", "\x1b[31m")
    rows = tuple(Prediction(source, 0, {"y": Classes((ClassProbability("##vso[c]", 0, 0.5),))}) for source in sources)
    monkeypatch.setattr("layerctl.api.predict.predict", lambda *given, **more: Predictions(Path("run"), "model", ("y",), rows))
    name = {"json": "out.json", "csv": "out.csv", "table": "out.txt"}[format]
    assert cli("predict", "run", "x.png", "--format", format, "-o", name).status == 0
    text = (cli.folder / name).read_text(encoding="utf-8")
    assert all(line.isprintable() for line in text.splitlines())
    if format == "json":
        assert [row["source"] for row in json.loads(text)["predictions"]] == [*sources]
        assert cli("predict", "run", "x.png", "--format", format).out == text
    elif format == "csv":
        assert [row["source"] for row in csv.DictReader(text.splitlines())] == [*sources[:2], "\\x1b[31m"]
    else:
        lines_of(text)


@given(TEXTS)
@example("_a_ b_c __d__")
@example("1. a")
def test_nothing_is_markup_in_markdown(text: str) -> None:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(f"# x\n\nx {literal(text)}\n")
    kinds = {token.type for token in tokens} | {inner.type for token in tokens for inner in token.children or ()}
    assert kinds <= {"heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    shown = "".join(inner.content for inner in tokens[-2].children or ())
    assert shown.strip() == f"x {line(text)}".strip()
    cells = parser.parse(f"| a |\n| --- |\n| {literal(text)} |\n")
    assert sum(token.type == "td_open" for token in cells) == 1


class Page(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(TEXTS)
def test_nothing_is_markup_in_a_page(text: str) -> None:
    page = Page()
    page.feed(f"<p>{pages.escape(text)}</p>")
    page.close()
    assert (page.tags, page.text) == (["p"], printable(text))


def test_the_title_of_a_page_is_a_name() -> None:
    some = SimpleNamespace(variants=[SimpleNamespace(name=name) for name in ("a|b", "<b>")], data="# x\n::error::")
    assert literal(comparison_page.title(some)) == "a\\|b and \\<b> on # x\\\\n::error::"  # type: ignore[arg-type]


NAMES = [
    b"a\x1b[31mX",
    b"a\n::error::x",
    b"::error::x",
    b"##[error]x",
    b"a\x01",
    b"a\xff",
    b"a\xc2\x9b2J",
    "a\u202e\u2028b".encode(),
]
WRONG = "inputs: {x: [4]}\nlayers:\n  - Dens: 2\n"


@pytest.mark.skipif(sys.platform != "linux", reason="has no such names of files")
@pytest.mark.parametrize("name", NAMES, ids=ascii)
class TestNamesOfFiles:
    """Names of files, in each form of `check` and elsewhere."""

    @pytest.fixture(autouse=True)
    def _files(self, name: bytes, tmp_path: Path) -> None:
        folder = os.path.join(os.fsencode(tmp_path), name)
        os.makedirs(folder)
        for path in (folder, os.fsencode(tmp_path)):
            with open(os.path.join(path, name + b".yaml"), "w") as file:
                file.write(WRONG)

    @pytest.mark.parametrize("format", ["full", "concise"])
    @pytest.mark.parametrize("colour", [{}, {"FORCE_COLOR": "1"}], ids=["plain", "coloured"])
    def test_for_people(self, cli: CommandLine, format: str, colour: dict[str, str]) -> None:
        done = cli("check", ".", "--format", format, stdin=b"", **colour)
        assert (done.status, done.err) == (1, "")
        lines_of(ESCAPES.sub("", done.out))

    def test_as_annotations(self, cli: CommandLine) -> None:
        done = cli("check", ".", "--format", "github")
        assert [line[:13] for line in done.out.splitlines()] == ["::error file="] * 2
        assert all(line.isprintable() for line in done.out.splitlines())

    def test_for_programs(self, cli: CommandLine, name: bytes) -> None:
        path = os.fsdecode(name) + ".yaml"
        assert path in [file["path"] for file in cli("check", ".", "--format", "json").data["files"]]
        assert len(cli("check", ".", "--format", "sarif").data["runs"][0]["results"]) == 2
        assert len(ElementTree.fromstring(cli("check", ".", "--format", "junit").out).findall("*/testcase")) == 2

    @pytest.mark.parametrize("format", ["full", "concise", "github", "json", "sarif", "junit"])
    def test_in_a_file(self, cli: CommandLine, format: str) -> None:
        assert cli("check", ".", "--format", format, "--output-file", "out").status == 1
        text = (cli.folder / "out").read_text(encoding="utf-8")
        assert all(line.isprintable() for line in text.splitlines())
        reads: dict[str, Callable[[str], object]] = {"json": json.loads, "sarif": json.loads, "junit": ElementTree.fromstring}
        reads.get(format, str)(text)

    @pytest.mark.parametrize(
        "command",
        ["summary", "runs", "explain", "layers", "init x/", "data", "evaluate", "check --format", "check --", "", "trace"],
    )
    def test_as_arguments(self, cli: CommandLine, name: bytes, command: str) -> None:
        first, _, more = command.rpartition(" ")
        arguments = [*first.split(), more + os.fsdecode(name)] if more.endswith("/") else [*command.split(), os.fsdecode(name)]
        done = cli(*arguments)
        assert done.status in (1, 2)
        lines_of(done.out + done.err)

    def test_in_a_configuration(self, cli: CommandLine, name: bytes) -> None:
        key = json.dumps(name.decode(errors="replace"))
        cli.write("pyproject.toml", f"[tool.layerctl]\n{key} = 1\n")
        done = cli("check", ".")
        assert done.status == 2
        lines_of(done.out + done.err)


def test_a_summary_in_markdown_is_a_table(cli: CommandLine) -> None:
    cli.write("m.yaml", 'name: "a|b"\ninputs: {x: [4]}\nlayers:\n  - Dense: 2\n')
    done = cli("summary", "m.yaml", "--format", "markdown")
    tokens = MarkdownIt("commonmark").enable("table").parse(done.out)
    assert sum(token.type == "td_open" for token in tokens) == 12


def test_a_tab_of_a_spec_is_shown_as_spaces() -> None:
    (diagnostic,) = compile_text("inputs: {x: [4]}\nlayers:\n  - Dens:\t8\n").diagnostics
    assert "\n3 |   - Dens:    8\n" in full(diagnostic)


@pytest.mark.parametrize("name", ["😀.csv", "活.csv", "a\x9b.csv", "a\u2028b.csv", "a\x7f.csv", 'a"\\.csv'])
def test_an_option_names_any_file(cli: CommandLine, name: str) -> None:
    """The options of `train` are read as YAML, in which JSON's escapes are others."""
    done = cli("train", cli.write("m.yaml", WRONG.replace("Dens:", "Dense:")), "--data", name)
    assert printable(name).replace("\\\\", "\\") in done.err.replace('\\"', '"').replace("\\\\", "\\")
    assert "YAML" not in done.err


@pytest.mark.parametrize("command", ["data", "train m.yaml --data", "check m.yaml --set train.data="])
def test_yaml_names_no_file_whose_name_is_not_utf_8(cli: CommandLine, command: str) -> None:
    cli.write("m.yaml", WRONG.replace("Dens:", "Dense:"))
    words = command.split() if command.endswith("data") else [*command.split()[:-1], command.split()[-1] + "a\udcff.csv"]
    done = cli(*words, *([] if command.endswith("=") else ["a\udcff.csv"]))
    assert done.status == 1
    assert "rename what has this name" in done.out + done.err


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore:Glyph")
def test_names_in_pictures_are_no_formulas() -> None:
    from layerctl.runs.record import Epoch
    from layerctl.runtime.training import confusion, curves

    classes = [name for name in NASTY if "\0" not in name]
    matrix = [[int(row == column) for column in range(20)] for row in range(20)]
    for names in (classes[:20], classes[-20:]):
        assert confusion.draw({"matrix": matrix, "classes": names}, "$\\frac$ $x\n").startswith(b"\x89PNG")
    epoch = Epoch(1, 1.0, 1, {"$\\nosuch$": 0.5})
    assert curves.draw([epoch], "$^$").startswith(b"\x89PNG")


@pytest.mark.skipif(sys.platform != "linux", reason="has no such names of files")
def test_a_class_whose_name_is_not_utf_8_has_one_that_can_be_kept(tmp_path: Path) -> None:
    folder = os.path.join(os.fsencode(tmp_path), b"b\xff")
    os.mkdir(folder)
    with open(os.path.join(folder, b"x.png"), "wb"):
        ((file, name),) = by_class(tmp_path, lambda reason, path: None)
    assert (file.exists(), name) == (True, "b\\xff")


def test_no_output_holds_a_command_of_azure() -> None:
    """`##[error]` counts wherever it stands in a line: in JSON and XML each has its own escape."""
    name = "##[error]a.yaml ###[b] ##vso[task"
    written = json_text.pretty({"path": name, name: [name]})
    assert not re.search(r"##\w*\[", written)
    assert json.loads(written) == {"path": name, name: [name]}
    spec = compile_text("layers: [{Dens: 2}]", name)
    xml = to_junit([spec.checked])
    assert not re.search(r"##\w*\[", xml)
    assert ElementTree.fromstring(xml)[0][0].get("name") == name
    assert not re.search(r"##\w*\[", to_json(sarif_data([spec.checked])))


def test_json_has_no_number_that_it_does_not_have() -> None:
    assert json_text.pretty({"a": [1.5, float("inf"), float("nan")]}, None) == '{"a": [1.5, null, null]}'
