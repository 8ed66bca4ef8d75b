"""The language as a JSON Schema (draft-07, which all editors read), from the models and their docstrings.

What a JSON Schema cannot say is left to `layerctl check`: shapes, references, what blocks take. Two choices follow from that:

- Blocks and nested models are operations beside Keras's layers. In a spec without `blocks`, `models` and `include` an unknown
  operation is marked; in others it may be a block, unless a known operation stands beside it.
- `$name` and `$(…)` may stand in place of any value; their own value is unknown here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from layerctl import docstrings
from layerctl.activations import ACTIVATIONS
from layerctl.bind import object_fields
from layerctl.catalog import CATALOGS, Arguments, Catalog
from layerctl.emit import json_sections as sections
from layerctl.emit.json_types import DOLLAR, EXPRESSION, SAMPLES, Json, any_case, combined, field, takes
from layerctl.expand.items import COMPANIONS, CONTROL, WIRING
from layerctl.expand.scope import VALID_NAME
from layerctl.layers._base import Layer
from layerctl.model import type_schema
from layerctl.report.reference import ArgumentDoc, argument_docs

DIALECT = "http://json-schema.org/draft-07/schema#"
CUSTOM = r"^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$"
OPS = r"^ops\.[a-z0-9_]+$"
NULLABLE = frozenset(("activations", "initializers", "regularizers", "constraints"))


def schema() -> Json:
    """The JSON Schema of the spec language, version 1."""
    definitions: Json = {"expression": {"type": "string", "pattern": DOLLAR}}
    for kind in CATALOGS:
        definitions |= {f"{kind}.{cls.keras_name()}": arguments_of(cls) for cls in classes(kind)}
    for kind in (*CATALOGS, "activations"):
        definitions |= dict(objects(kind))
    definitions |= {"layers.one": wrapped(Layer), "layers.merge": wrapped(Layer, "merging")}
    definitions |= dict(items())
    return {"$schema": DIALECT, **sections.document(), "definitions": definitions}


def classes(kind: str) -> Iterator[type[Arguments]]:
    """Every class of a catalogue, by name."""
    catalog = CATALOGS[kind]
    for name in catalog.names():
        cls = catalog.find(name)
        assert cls is not None
        yield cls


def described(text: str) -> Json:
    """A description; where the text has code in it, also as Markdown, or an editor would show the backticks."""
    return {"description": text, **({"markdownDescription": text} if "`" in text else {})} if text else {}


def arguments_of(cls: type[Arguments]) -> Json:
    """What may stand behind a class's name: arguments by name, the first one alone, or nothing."""
    documented = {doc.name: doc for doc in argument_docs(cls)}
    properties = {name: argument(cls, name, doc) for name, doc in documented.items()}
    required = [name for name in documented if cls.model_fields[name].is_required()]
    mapping: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        mapping["required"] = required
    choices = [mapping, *(first_alone(cls)), *([] if required else [{"type": "null"}])]
    parsed = docstrings.parse(cls.__doc__)
    return {**described("\n\n".join(filter(None, (parsed.summary, parsed.body)))), **combined(choices, expressions=False)}


def argument(cls: type[Arguments], name: str, doc: ArgumentDoc) -> Json:
    info = cls.model_fields[name]
    default = f"default `{doc.default}`" if doc.default is not None else "required"
    text = f"{doc.text[:1].upper()}{doc.text[1:]}\n\n{doc.type[:1].upper()}{doc.type[1:]}; {default}."
    known = {} if info.is_required() or info.default is None else {"default": plain(info.default)}
    return {**described(text.strip()), **combined(list(values(cls, name))), **known}


def values(cls: type[Arguments], name: str) -> Iterator[Json]:
    """The values of one argument, each of one type."""
    info = cls.model_fields[name]
    kind = object_fields(cls).get(name)
    if kind is None:
        yield from _parts(field(info))
        return
    one = list(_object_choices(kind.name))
    yield from one
    if kind.many:
        yield {"type": "array", "items": combined(one)}
    judge = type_schema(info.annotation, info.metadata)
    if judge["type"] != "any":
        yield from (json for json, samples in SAMPLES[:4] if any(takes(judge, sample) for sample in samples))


def _object_choices(kind: str) -> Iterator[Json]:
    if kind == "layers":
        yield {"$ref": "#/definitions/layers.one"}
    else:
        yield {"$ref": f"#/definitions/{kind}.name"}
        yield {"$ref": f"#/definitions/{kind}.object"}


def _parts(json: Json) -> Iterator[Json]:
    """A field's schema without the place for expressions, which the whole gets anew."""
    yield json
