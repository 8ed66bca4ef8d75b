"""Reads layerctl's own docstrings, which help texts, reference pages and editor hints are made from."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

TITLES = ("Call arguments", "Input shape", "Output shape", "Weights", "MACs", "Example", "Why", "Fix")
"""The sections that a docstring may have; any other line with a colon is text."""

SECTION = re.compile(rf"^({'|'.join(TITLES)}):[ \t]*(.*)$")


@dataclass(frozen=True, slots=True)
class Docstring:
    """A docstring in parts.

    Attributes:
        summary: the first paragraph, as one line.
        body: the text after it, up to the first section.
        sections: title → text, dedented (`Why`, `Example`, …).
    """

    summary: str
    body: str
    sections: dict[str, str]


def parse(text: str | None) -> Docstring:
    """Splits a Google-style docstring."""
    lines = textwrap.dedent(" " * _indent(text or "") + (text or "")).strip().splitlines()
    head: list[str] = []
    sections: dict[str, list[str]] = {}
    current: list[str] = head
    for line in lines:
        match = SECTION.match(line)
        if match:
            current = sections.setdefault(match[1], [match[2]] if match[2] else [])
        else:
            current.append(line)
    summary, _, body = "\n".join(head).partition("\n\n")
    texts = {title: _dedented(content) for title, content in sections.items()}
    return Docstring(" ".join(summary.split()), body.strip(), texts)


def _indent(text: str) -> int:
    """The indentation of the lines after the first."""
    rest = [line for line in text.splitlines()[1:] if line.strip()]
    return min((len(line) - len(line.lstrip()) for line in rest), default=0)


def _dedented(lines: list[str]) -> str:
    """A section's text, dedented; text on the title's line has no indentation to remove."""
    if lines and lines[0] and not lines[0].startswith(" "):
        return "\n".join([lines[0], textwrap.dedent("\n".join(lines[1:]))]).strip()
    return textwrap.dedent("\n".join(lines)).strip()
