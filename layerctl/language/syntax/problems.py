"""Reports libyaml's error for text that is not YAML, with a fix."""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from layerctl.base.source import Source, Span
from layerctl.diagnostics import Advice, Edit, Related, Sink
from layerctl.language.syntax._codes import InvalidYaml

PROBLEMS = {
    "mapping values are not allowed": "quote a text that holds `: `; an item with keys below it ends in a colon: `- Flatten:`",
    "cannot start any token": "indent with spaces, not tabs, and quote a text that begins with one of `@` `` ` `` `%`",
    "expected ',' or ']'": "close the `[` with `]`, and put a comma between its values",
    "expected ',' or '}'": "close the `{` with `}`, and put a comma between its entries",
    "unexpected end of stream": "close the quote that was opened",
    "could not find expected ':'": "put `: ` (with a space) between a key and its value",
    "expected <block end>": "lines of one mapping or list begin at one column",
    "did not find expected key": "lines of one mapping begin at one column; close every quote and bracket",
    "did not find expected '-' indicator": "the items of a list begin at one column",
    "did not find expected node content": "a value is missing here, or a comma is doubled",
}
CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
"""The lines that git leaves where two changes of one place meet."""
NAME = r"[A-Za-z_][\w.]*"
BRACKETED = re.compile(r"""(?<=[\[{,\s])(?:\$\((?:[^()'"#]|\([^()'"#]*\))*\)|[\w.$]+\[[^\[\]'"#]*\])(?=\s*[,\]}])""")
"""A reference (`lstm[0]`) or an expression (`$(sizes[0] + 1)`) as a value within a list or a mapping on one line."""


def report(source: Source, sink: Sink, error: yaml.MarkedYAMLError) -> None:
    """Puts the parser's error into the sink."""
    if len(marks := list(CONFLICT.finditer(source.text))) > 1:
        help = "keep one of the two versions, and delete the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`"
        message = "a merge conflict is left in the file: two changes of the same lines meet here"
        sink.add(InvalidYaml, Span(source, *marks[0].span()), message, help=help)
        return
    mark = error.problem_mark or error.context_mark
    start = min(mark.index if mark is not None else 0, len(source.text))
    problem = error.problem or "the text cannot be read"
    help = next((help for part, help in PROBLEMS.items() if part in problem), "quote a text that holds special characters")
    related = []
    if error.context and error.context_mark is not None and error.context_mark.index != start:
        at = min(error.context_mark.index, len(source.text))
        related.append(Related(Span(source, at, min(at + 1, len(source.text))), error.context))
    place = Span(source, start, min(start + 1, len(source.text)))
    advice = unquoted(source, start) or written_otherwise(source, start) or Advice(help)
    sink.add(InvalidYaml, place, f"this is not YAML: {problem}", help=advice, related=related)


def unquoted(source: Source, start: int) -> Advice | None:
    """Advice on values with a bracket that YAML takes for a list, from the one on whose bracket it stopped: `[lstm[0], x]`."""
    number = source.position(start).line
    text, begin = source.line(number), source.line_bounds(number)[0]
    if source.text[start : start + 1] != "[" or len(text) > 1000:
        return None
    values = [match for match in BRACKETED.finditer(text) if "[" in match[0] and begin + match.end() > start]
    if not values or begin + values[0].start() > start:
        return None
    meant = [re.sub(r"^\$(\w.*)", r"$(\1)", match[0]) for match in values]
    spans = [Span(source, begin + match.start(), begin + match.end()) for match in values]
    edits = [Edit(span, f'"{value}"') for span, value in zip(spans, meant, strict=True)]
    shown = " and ".join(dict.fromkeys(f"`{edit.text}`" for edit in edits))
    return Advice(f"quote a value that holds brackets: {shown}", edits=tuple(edits))


Form = tuple[str, Callable[[re.Match[str]], str], str]
FORMS: tuple[Form, ...] = (
    (rf"^(\s*)-({NAME})", lambda match: f"{match[1]}- {match[2]}", "put a space behind the dash"),
    (rf"\$\{{(?:\{{\s*({NAME})\s*\}}|\s*({NAME})\s*)\}}", lambda match: f"${match[1] or match[2]}", "write `{}`"),
    (rf"\{{\{{\s*({NAME})\s*\}}\}}", lambda match: f"${match[1]}", "write `{}` for the value of a variable"),
    (rf"(?<![\w./$:])({NAME}):(?=[\[{{\w'\"])(?!\S*:\S)", lambda match: f"{match[1]}: ", "put a space behind the colon: `{}`"),
    (r"(?<=[\]}\w]),(?=\s*$)", lambda match: "", "remove the comma at the end of the line"),
    (r"(?<=\s)//", lambda match: "#", "begin a comment with `#`"),
    (
        rf"(?<=: )({NAME}): +(\[[^\[\]]*\]|[^:{{}}\[\]#]+?)(?=\s*(?:#|$))",
        lambda match: f"{{{match[1]}: {match[2]}}}",
        "write `{}` in braces",
    ),
    (rf"^(\s*(?:- )?)({NAME}) *= *(?=\S)", lambda match: f"{match[1]}{match[2]}: ", "write `{}` with a colon"),
    (r"\t", lambda match: "  ", "indent with spaces, not tabs"),
)
"""Other forms of a line: a pattern, what is meant in its place, and the advice."""


def deeper(source: Source, number: int, above: re.Match[str]) -> Advice:
    """Advice on a line below an entry that has its value already: `optimizer: Adam`, and below it `learning_rate: 0.001`."""
    key, value, below = above[2], above[3], source.line(number).strip()
    following = source.line(number + 1) if source.position(len(source.text)).line > number else ""
    indent = len(source.line(number)) - len(source.line(number).lstrip())
    if value[:1].isdigit() or (following.strip() and len(following) - len(following.lstrip()) >= indent):
        return Advice(f"`{key}: {value}` ends with its line: write the value below `{key}:`, by its name, as the others")
    written = f"{key}: {{{value}: {{{below}}}}}"
    start = source.line_bounds(number - 1)[0] + len(above[1])
    return Advice(f"write `{written}`", edits=(Edit(Span(source, start, source.line_bounds(number)[1]), written),))


def written_otherwise(source: Source, start: int) -> Advice | None:
    """Advice where the line of the error, or the one before, is in the form of another language."""
    number = source.position(start).line
    for line in (number, number - 1):
        if line < 1 or len(text := source.line(line)) > 1000:
            continue
        begin = source.line_bounds(line)[0]
        for pattern, meant, words in FORMS:
            if (match := re.search(pattern, text)) is not None:
                new = meant(match)
                edit = Edit(Span(source, begin + match.start(), begin + match.end()), new)
                shown = text[: match.start()] + new + text[match.end() :]
                return Advice(words.format((shown if "colon" in words else new).strip().removeprefix("- ")), edits=(edit,))
    previous = source.line(number - 1) if number > 1 else ""
    full = re.fullmatch(rf"(\s*(?:- )?)({NAME}): +({NAME}|[0-9.]+)\s*", previous)
    if full is not None and source.line(number).startswith(" " * (len(full[1]) + 1)) and ": " in source.line(number):
        return deeper(source, number, full)
    bare = re.fullmatch(rf"(\s*- +)({NAME})\s*", previous)
    if bare is not None and source.line(number).startswith(" " * len(bare[1])):
        end = source.line_bounds(number - 1)[0] + bare.end(2)
        words = f"an item with keys below it ends in a colon: `- {bare[2]}:`"
        return Advice(words, edits=(Edit(Span(source, end, end), ":"),))
    return None
