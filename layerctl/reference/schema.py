"""The spec language as a JSON Schema (draft-07, which all editors read), from the schemas of the pydantic models.

A JSON Schema cannot check shapes, references and the parameters of blocks; `layerctl check` does. Therefore:

- In a spec without `blocks`, `models` and `include` an unknown operation is a mistake. In others it may be a block or a model,
  unless a known operation stands beside it.
- `$name` and `$(…)` are allowed in place of any value, as their values are unknown.
"""

from __future__ import annotations

import json

from layerctl.base import docstrings
from layerctl.base.model import Model
from layerctl.base.numbers import SUFFIXES
from layerctl.catalog.datasets import names as datasets
from layerctl.language.spec.callbacks import CALLBACKS
from layerctl.language.spec.document import Document
from layerctl.language.spec.expect import Expect, Range
from layerctl.language.spec.inputs import InputSpec
from layerctl.language.spec.train import Data, Train
from layerctl.reference import json_items, json_objects
from layerctl.reference.json_objects import field, mapping, objects, sentence
from layerctl.reference.json_types import DOLLAR, EXPRESSION, NULL, Json, combined, described, or_variable

DIALECT = "http://json-schema.org/draft-07/schema#"
LIBRARIES = ("blocks", "models", "include")
"""The sections that define operations."""

ITEMS: Json = {"$ref": "#/definitions/items"}
SHAPE: Json = combined([{"type": "array", "items": combined([{"type": "integer", "exclusiveMinimum": 0}, NULL])}])
ANY_NAMES: Json = or_variable({"type": ["object", "null"]})


def schema() -> Json:
    """The JSON Schema of the spec language, version 1."""
    parts = {"expression": {"type": "string", "pattern": DOLLAR}, "loss": _chosen("losses"), "metric": _chosen("metrics")}
    parts |= dict(json_objects.definitions())
    parts |= dict(json_items.definitions())
    anything = {"anyOf": [{"required": [name]} for name in LIBRARIES]}
    return {
        "$schema": DIALECT,
        "description": docstrings.parse(Document.__doc__).summary,
        "type": "object",
        "properties": _document(),
        "additionalProperties": False,
        "if": anything,
        "then": {"dependencies": {"layers": ["inputs"], "inputs": ["layers"]}, "properties": {"layers": ITEMS}},
        "else": {"required": ["inputs", "layers"], "properties": {"layers": {"$ref": "#/definitions/items.closed"}}},
        "definitions": parts,
    }


def schema_text() -> str:
    """The schema as `layerctl schema` prints it: one line per definition, half the size of one line per value."""
    top = schema()
    parts = ",\n".join(f"{_line(name)}: {_line(part)}" for name, part in top.pop("definitions").items())
    head = json.dumps(top, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{head},\n "definitions": {{\n{parts}\n }}\n}}\n'


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _document() -> dict[str, Json]:
    outputs = {"type": ["string", "array", "object", "null"], "items": {"type": "string"}}
    outputs["additionalProperties"] = {"$ref": "#/definitions/reference"}
    names = or_variable({"type": "array", "items": {"type": "string"}})
    by_hand: dict[str, Json] = {
        "vars": {"type": ["object", "null"], "additionalProperties": {"not": {"type": "object"}}},
        "include": or_variable({"type": ["array", "null"], "items": {"type": "string"}}),
        "inputs": _inputs(),
        "blocks": {**ANY_NAMES, "additionalProperties": _piece(names, ("layers",))},
        "models": {**ANY_NAMES, "additionalProperties": _piece(_inputs(), ("inputs", "layers"))},
        "layers": or_variable({"type": "array", "minItems": 1}),
        "outputs": outputs,
        "expect": _expect(),
        "train": _train(),
    }
    properties = {}
    for name in Document.model_fields:
        properties[name] = {**_text(Document, name), **by_hand[name]} if name in by_hand else field(Document, name)
    return properties


def _text(cls: type[Model], name: str) -> Json:
    return described(sentence(cls.model_fields[name].description or ""))


def _inputs() -> Json:
    one = combined([mapping(InputSpec), *[{**SHAPE, "type": "array"}]])
    return or_variable({"type": "object", "minProperties": 1, "additionalProperties": one})


def _piece(inputs: Json, required: tuple[str, ...]) -> Json:
    """An entry of `blocks`, or, with shapes as `inputs`, of `models`."""
    names = {"type": ["string", "array", "object", "null"], "items": {"type": "string"}}
    piece = {
        "type": "object",
        "properties": {
            "description": {"type": "string", "description": "Text for readers."},
            "params": {**ANY_NAMES, "description": "Names and defaults; null is required, {default: null} spells out a default."},
            "inputs": {**inputs, "description": "The inputs; without them there is one, that has no name."},
            "layers": {"description": "The items.", **or_variable({"type": "array", "items": {"$ref": "#/definitions/item"}})},
            "outputs": {**names, "description": "What it returns; the last item's output by default."},
        },
        "additionalProperties": False,
        "required": list(required),
    }
    return or_variable(piece)


def _expect() -> Json:
    amount = {
        "type": ["integer", "string"],
        "minimum": 0,
        "pattern": rf"^[0-9][0-9_]*(\.[0-9]+)?\s*({'|'.join(SUFFIXES)})?$|{DOLLAR}",
    }
    amount["patternErrorMessage"] = "Expected a count such as 1000, 300k, 1.5M or 2MiB."
    limits = {**amount, "type": ["integer", "string", "object"], "additionalProperties": False}
    limits["properties"] = {name: {**_text(Range, name), **amount} for name in Range.model_fields}
    properties = {name: {**_text(Expect, name), **limits} for name in Expect.model_fields}
    properties["shapes"] = {**_text(Expect, "shapes"), **or_variable({"type": "object", "additionalProperties": SHAPE})}
    return or_variable({"type": ["object", "null"], "properties": properties, "additionalProperties": False})


def _chosen(kind: str) -> Json:
    return {"anyOf": [*objects(kind), EXPRESSION]}


def _train() -> Json:
    losses = {"type": "object", "additionalProperties": {"$ref": "#/definitions/loss"}}
    metrics = {"type": "array", "items": {"$ref": "#/definitions/metric"}}
    output_metrics = {"anyOf": [{"$ref": "#/definitions/metric"}, metrics, NULL]}
    number = combined([{"type": "number"}])
    known = {"enum": list(datasets())}
    by_hand: dict[str, Json] = {
        "data": {"anyOf": [known, {"type": "string"}, mapping(Data), NULL]},
        "loss": {"anyOf": [*objects("losses"), EXPRESSION, losses]},
        "loss_weights": combined([{"type": "number"}, {"type": "array", "items": number}, {"type": "object"}, NULL]),
        "class_weight": or_variable({"type": ["object", "null"]}),
        "optimizer": {"anyOf": [*objects("optimizers"), NULL, EXPRESSION]},
        "metrics": {
            "anyOf": [{**metrics, "type": ["array", "object", "null"], "additionalProperties": output_metrics}, EXPRESSION]
        },
        **{name: or_variable({**mapping(cls), "type": ["object", "null"]}) for name, cls in CALLBACKS.items()},
    }
    properties = {}
    for name in Train.model_fields:
        properties[name] = {**_text(Train, name), **by_hand[name]} if name in by_hand else field(Train, name)
    return or_variable({"type": ["object", "null"], "properties": properties, "additionalProperties": False})
