"""The pages of layers and diagnostics, as data and as text, for `layerctl layers`, `layerctl explain` and docs/."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from layerctl.base import docstrings
from layerctl.catalog import CATALOGS, Arguments
from layerctl.catalog.layers._base import Layer
from layerctl.diagnostics import Code
from layerctl.diagnostics.text import Paint, plain
from layerctl.language.bind import describe_field, object_fields
from layerctl.language.bind.fields import known_keys
from layerctl.language.bind.words import yaml_value
from layerctl.report import layout


@dataclass(frozen=True, slots=True)
class ArgumentDoc:
    """One argument; `default` is written as in YAML, and None for a required argument."""

    name: str
    type: str
    default: str | None
    text: str


@dataclass(frozen=True, slots=True)
class LayerDoc:
    """One layer's page."""

    name: str
    category: str
    summary: str
    body: str
    arguments: tuple[ArgumentDoc, ...]
    inherited: tuple[ArgumentDoc, ...]
    sections: dict[str, str]
    aliases: tuple[str, ...]
    stricter: tuple[str, ...]


LONGEST = 28
"""In a list, the summary of a longer name begins on a new line."""


def argument_docs(cls: type[Arguments]) -> tuple[ArgumentDoc, ...]:
    """Every argument in the order of Keras's constructor, those of the base class last."""
    return tuple(_argument(cls, name) for name in known_keys(cls))


def documentation(cls: type[Arguments]) -> docstrings.Docstring:
    """A class's docstring, with the sections and the text of its family, and what a layer says of itself without words."""
    own, *bases = (docstrings.parse(part.__doc__) for part in cls.__mro__ if issubclass(part, Arguments))
    sections = cls.plain_sections() if issubclass(cls, Layer) else {}
    for part in (*reversed(bases), own):
        sections |= part.sections
    family = next((base.body for base in bases if base.sections), "")
    body = "\n\n".join(filter(None, (own.body, family)))
    return docstrings.Docstring(own.summary, body, {title: sections[title] for title in docstrings.TITLES if title in sections})


def _argument(cls: type[Arguments], name: str) -> ArgumentDoc:
    info = cls.model_fields[name]
    default = None if info.is_required() else yaml_value(info.default)
    words = describe_field(cls, name)
    if name in object_fields(cls) and info.default is None:
        words += " or null"
    return ArgumentDoc(name, words, default, info.description or "")


def layer_doc(name: str) -> LayerDoc | None:
    """The page of a layer, found by its name or an alias."""
    prefix = "ops." if name.startswith("ops.") else ""
    catalog = CATALOGS["ops" if prefix else "layers"]
    cls = catalog.find(name.removeprefix(prefix))
    if cls is None:
        return None
    assert issubclass(cls, Layer)
    parsed = documentation(cls)
    example = {"Example": f"```yaml\n{cls.example()}\n```"} if cls.is_function else {}
    documented = argument_docs(cls)
    own = set(cls.own_fields())
    names = (cls.keras_name(), cls.spec_name().removeprefix("ops."))
    aliases = tuple(prefix + alias for alias, target in catalog.aliases.items() if target in names)
    return LayerDoc(
        cls.spec_name(),
        cls.category,
        parsed.summary,
        parsed.body,
        tuple(doc for doc in documented if doc.name in own),
        tuple(doc for doc in documented if doc.name not in own),
        parsed.sections | example,
        aliases,
        stricter(cls),
    )


def stricter(cls: type[Layer]) -> tuple[str, ...]:
    """What a layer and its family refuse although Keras accepts it, without the refusals of all layers."""
    parts = (part for part in cls.__mro__ if part is not Layer)
    return tuple(dict.fromkeys(why for part in parts for why in vars(part).get("stricter", {}).values()))


def layer_text(doc: LayerDoc) -> str:
    """A layer's page for a terminal."""
    lines = [f"{doc.name}  ({doc.category})", "", doc.summary]
    lines += ["", doc.body] if doc.body else []
    for title, docs in (("Arguments", doc.arguments), ("Of every layer", doc.inherited)):
        lines += ["", f"{title}:"] if docs else []
        for argument in docs:
            default = "required" if argument.default is None else f"default {argument.default}"
            lines.append(f"  {argument.name}: {argument.type}; {default}")
            lines += [f"      {argument.text}"] if argument.text else []
    for title, text in doc.sections.items():
        lines += ["", f"{title}:", *(f"  {line}".rstrip() for line in _unfenced(text))]
    lines += ["", "Stricter than Keras:", *(f"  {sentence}" for sentence in doc.stricter)] if doc.stricter else []
    lines += ["", f"Other names: {', '.join(doc.aliases)}"] if doc.aliases else []
    return "\n".join(lines)


def layer_markdown(doc: LayerDoc) -> str:
    """A layer's page for docs/."""
    lines = [f"# {doc.name}", "", f"Category: {doc.category}. {doc.summary}", ""]
    lines += [doc.body, ""] if doc.body else []
    if doc.arguments or doc.inherited:
        lines += ["| argument | type | default | |", "| --- | --- | --- | --- |"]
    for argument in (*doc.arguments, *doc.inherited):
        default = "required" if argument.default is None else f"`{argument.default}`"
        cells = (f"`{argument.name}`", argument.type, default, argument.text)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    for title, text in doc.sections.items():
        lines += ["", f"**{title}**", "", text]
    lines += ["", "**Stricter than Keras**", "", *(f"- {sentence}" for sentence in doc.stricter)] if doc.stricter else []
    lines += ["", f"Other names: {', '.join(f'`{alias}`' for alias in doc.aliases)}"] if doc.aliases else []
    return "\n".join(lines) + "\n"


def _unfenced(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("```")]


def layer_groups(kind: str = "layers") -> dict[str, list[type[Layer]]]:
    """Every layer, or every function of `keras.ops`, by category, both in alphabetical order."""
    catalog = CATALOGS[kind]
    groups: dict[str, list[type[Layer]]] = {}
    for name in catalog.names():
        cls = catalog.find(name)
        assert cls is not None
        assert issubclass(cls, Layer)
        groups.setdefault(cls.category, []).append(cls)
    return dict(sorted(groups.items()))


def listed(rows: Sequence[tuple[str, str, str]], width: int, paint: Paint = plain) -> Iterator[str]:
    """The lines of a list: each category, and below it its names with their summaries."""
    inset = "  "
    room = min(LONGEST, max(len(name) for _, name, _ in rows))
    last = None
    for category, name, summary in rows:
        if category != last:
            yield from ("", paint(category, "bold")) if last is not None else (paint(category, "bold"),)
        last = category
        if len(name) > room:
            yield inset + name
            name = ""
        yield from layout.sentences(f"{inset}{name.ljust(room)}  {summary}", width, " " * (room + 2))


def code_text(code: type[Code], printed: str = "") -> str:
    """The output of `layerctl explain`; `printed` is the output of `check` for the example."""
    parsed = docstrings.parse(code.__doc__)
    lines = [f"{code.id} {code.slug()} ({code.severity})", "", parsed.summary]
    lines += ["", parsed.body] if parsed.body else []
    for title, text in parsed.sections.items():
        lines += ["", f"{title}:", *(f"  {line}".rstrip() for line in _unfenced(text))]
        if title == "Example" and printed:
            lines += ["", "  It prints:", "", *(f"  {line}".rstrip() for line in printed.splitlines())]
    return "\n".join(lines)


def code_markdown(code: type[Code], printed: str = "") -> str:
    """A diagnostic's page for docs/; `printed` is the output of `check` for the example."""
    parsed = docstrings.parse(code.__doc__)
    lines = [f"# {code.id}: {code.slug()}", "", f"Severity: {code.severity}.", "", parsed.summary, ""]
    lines += [parsed.body, ""] if parsed.body else []
    for title, text in parsed.sections.items():
        lines += [f"## {title}", "", text, ""]
        if title == "Example" and printed:
            lines += ["It prints:", "", "```text", printed, "```", ""]
    return "\n".join(lines)
