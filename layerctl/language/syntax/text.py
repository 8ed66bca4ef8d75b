"""Decodes a file's bytes to text, and parses text to a tree."""

from __future__ import annotations

import re
from typing import Any

import yaml

from layerctl.base.printable import printable
from layerctl.base.reading import TEXTS, Refused
from layerctl.base.source import Source, Span
from layerctl.diagnostics import Sink
from layerctl.language.syntax._codes import InvalidCharacter, InvalidUtf8, LimitExceeded
from layerctl.language.syntax.nodes import Node
from layerctl.language.syntax.parser import SHORTER, Parser, Stop

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def quoted(value: Any) -> str:
    """A value of JSON as YAML, on one line. What YAML cannot hold stays as it is, to be refused where it is read."""
    import json

    text = json.dumps(value, ensure_ascii=False)
    return printable(text, keep="".join(filter(_is_surrogate, text)))


def _is_surrogate(char: str) -> bool:
    """Whether it is what Python has in place of a byte that is not UTF-8, in the names of files."""
    return "\ud800" <= char <= "\udfff"


def decode(path: str, data: bytes, sink: Sink) -> Source | None:
    """The source text of the bytes; None where they are too many or not UTF-8, which is reported."""
    try:
        TEXTS.check_read(data)
    except Refused as error:
        message = f"the file cannot be read: {error}"
        sink.add(LimitExceeded, Span(Source(path, ""), 0, 0), message, help=f"{SHORTER}; {error.help}")
        return None
    data = data.removeprefix(BYTE_ORDER_MARK)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        source = Source(path, before)
        place = Span(source, len(before), len(before))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        sink.add(InvalidUtf8, place, message, help="save the file as UTF-8")
        return None
    return Source(path, text)


def parse(source: Source, sink: Sink) -> Node | None:
    """The document's tree, or None where it cannot be parsed; every mistake goes into the sink."""
    text = source.text
    if bad := FORBIDDEN.search(text):
        message = f"the character U+{ord(bad[0]):04X} is not allowed in YAML"
        help = f"remove it; within double quotes it can be written as `{printable(bad[0])}`"
        if _is_surrogate(bad[0]):
            message, help = "a name here is not UTF-8, and YAML can hold no other", "rename what has this name"
        sink.add(InvalidCharacter, Span(source, bad.start(), bad.end()), message, help=help)
        return None
    try:
        return Parser(source, sink).document()
    except Stop:
        return None
    except yaml.MarkedYAMLError as error:
        from layerctl.language.syntax.problems import report

        report(source, sink, error)
        return None
