"""Cases as Markdown: a heading, a spec, the expected mistakes beside their lines, perhaps the full output.

tests/cases/README.md describes the form. `python -m tests.markdown_cases` rewrites the output blocks to what is printed now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from layerctl.compiler.pipeline import Compiled, compile_bytes
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.text import full
from layerctl.language.expand.settings import Settings
from layerctl.language.spec.expect import amount

FOLDER = Path(__file__).parent / "cases"
PATH = "case.yaml"
FENCE = re.compile(r"^```(\w*) *(.*)$")
EXPECTED = re.compile(r'#\s*(error|warning):\s*(LC\d{3})(?:@(\d+))?\s*(?:"((?:[^"\\]|\\.)*)")?')


@dataclass(frozen=True, slots=True)
class Expected:
    """One announced mistake; `column` None matches any, `place` is `case.yaml` or the text of a `--set`."""

    place: str
    line: int
    column: int | None
    severity: str
    code: str
    words: str

    def matches(self, diagnostic: Diagnostic) -> bool:
        line, column = diagnostic.span.begin
        here = diagnostic.span.source.text if diagnostic.span.source.path == "--set" else diagnostic.span.source.path
        return (
            here == self.place
            and line == self.line
            and self.column in (None, column)
            and diagnostic.severity == self.severity
            and diagnostic.code.id == self.code
            and self.words in diagnostic.message
        )

    def __str__(self) -> str:
        place = f"line {self.line}" if self.place == PATH else f"--set {self.place}"
        column = "" if self.column is None else f", column {self.column}"
        return f'{place}{column}: {self.severity}: {self.code} "{self.words}"'


@dataclass(slots=True)
class Case:
    """One heading of a file.

    Attributes:
        title: the headings that lead to it.
        data: the spec, without the announcements.
        expected: what is announced.
        overrides: `KEY=VALUE` texts.
        options: the words after `yaml` at the fence.
        output: the full output that is expected, or None.
        output_lines: its lines in the file, from 0: the first line after the fence, and the closing fence.
    """

    file: Path
    title: str
    data: bytes = b""
    expected: list[Expected] = field(default_factory=list)
    overrides: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    output: str | None = None
    output_lines: tuple[int, int] = (0, 0)

    def compile(self) -> Compiled:
        options = {name.replace("-", "_"): amount(value) for name, value in self.options.items()}
        return compile_bytes(PATH, self.data, overrides=tuple(self.overrides), settings=Settings(**options))


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; `start` and `end` are its first line and its closing fence, from 0."""

    language: str
    options: str
    start: int
    end: int
    text: str


def cases(file: Path) -> list[Case]:
    """The cases of a file, in order.

    Raises:
        ValueError: the file is not in the form that README.md describes.
    """
    parsed: list[Case] = []
    headings: list[str] = []
    for part in parts(file.read_text(encoding="utf-8").splitlines()):
        if isinstance(part, tuple):
            depth, text = part
            headings[depth - 1 :] = [text]
        elif part.language in ("yaml", "bytes"):
            case = Case(file, " / ".join(headings[1:]) or headings[0])
            if any(case.title == other.title for other in parsed):
                raise ValueError(f"{file.name}: two cases under the heading {case.title}")
            case.options = dict(option.split("=", 1) for option in part.options.split())
            text, case.expected = announced(part.text, PATH)
            case.data = text.encode() if part.language == "yaml" else unescaped(text)
            parsed.append(case)
        elif part.language == "set":
            for line in part.text.splitlines():
                text, expected = announced(line, "")
                parsed[-1].overrides.append(text)
                parsed[-1].expected += [Expected(text, e.line, e.column, e.severity, e.code, e.words) for e in expected]
        elif part.language == "output":
            parsed[-1].output, parsed[-1].output_lines = part.text, (part.start, part.end)
        else:
            raise ValueError(f"{file.name}:{part.start}: a block of an unknown kind, `{part.language}`")
    return parsed


def unescaped(text: str) -> bytes:
    """The bytes of an ASCII text with Python's escapes."""
    return text.encode("ascii").decode("unicode_escape").encode("latin-1")


def parts(lines: list[str]) -> Iterator[tuple[int, str] | Block]:
    """Headings (depth, text) and fenced blocks, in order."""
    start: int | None = None
    for number, line in enumerate(lines):
        fence = FENCE.match(line)
        if start is not None:
            if line == "```":
                opening = FENCE.match(lines[start - 1])
                assert opening is not None
                yield Block(opening[1], opening[2], start, number, "\n".join(lines[start:number]))
                start = None
        elif fence:
            start = number + 1
        elif line.startswith("#"):
            depth = len(line) - len(line.lstrip("#"))
            yield depth, line[depth:].strip()


def announced(text: str, place: str) -> tuple[str, list[Expected]]:
    """The text without its announcements, and the announcements. One on a line of its own is about the next line."""
    kept: list[str] = []
    expected: list[Expected] = []
    for line in text.splitlines():
        marks = list(EXPECTED.finditer(line))
        rest = line[: marks[0].start()].rstrip() if marks else line
        number = len(kept) + 1
        for match in marks:
            column = int(match[3]) if match[3] else None
            expected.append(Expected(place, number, column, match[1], match[2], (match[4] or "").replace('\\"', '"')))
        if rest or not marks:
            kept.append(rest)
    return "\n".join(kept), expected


def problems(case: Case) -> list[str]:
    """The differences between the announced and the reported mistakes; none where the case passes."""
    diagnostics = list(case.compile().diagnostics)
    left = list(case.expected)
    out = []
    for diagnostic in diagnostics:
        match = next((expected for expected in left if expected.matches(diagnostic)), None)
        if match is None:
            line, column = diagnostic.span.begin
            text = f'{diagnostic.severity}: {diagnostic.code.id}@{column} "{diagnostic.message}"'
            out.append(f"not announced: line {line} of {diagnostic.span.source.path}: {text}")
        else:
            left.remove(match)
    out += [f"announced, but not found: {expected}" for expected in left]
    if case.output is not None and case.output != output(case):
        out.append(f"the output is\n{output(case)}\n(`python -m tests.markdown_cases` writes it down)")
    return out


def output(case: Case) -> str:
    """The output of `check` for a case."""
    return "\n\n".join(full(diagnostic) for diagnostic in case.compile().diagnostics)


def files() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def update(file: Path) -> int:
    """Rewrites a file's output blocks; returns how many changed."""
    lines = file.read_text(encoding="utf-8").splitlines()
    changed = 0
    for case in reversed(cases(file)):
        if case.output is not None and case.output != output(case):
            start, end = case.output_lines
            lines[start:end] = output(case).splitlines()
            changed += 1
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return changed


if __name__ == "__main__":
    for path in files():
        print(f"{path.name}: {update(path)} output blocks changed")
