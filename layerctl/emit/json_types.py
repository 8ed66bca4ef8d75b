"""The types of our models as JSON Schema, with a text that holds a `$` allowed wherever a value may stand.

Keywords of JSON Schema speak of one type each, so alternatives of different types become one schema without `anyOf`: an
editor then names the one mistake there is, instead of the failure of each alternative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic_core import SchemaValidator, ValidationError

from layerctl.layers._base import POLICIES
from layerctl.model import FieldInfo, type_schema
from layerctl.spec.inputs import Dtype

Json = dict[str, Any]

EXPRESSION: Json = {"$ref": "#/definitions/expression"}
DOLLAR = r"\$"
DIGIT_GROUPS = r"^[-+]?[0-9][0-9.eE+-]*_[0-9_.eE+-]*$"
"""Numbers such as `1_000`, which a reader of plain YAML 1.2 takes for text."""

BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
SIMPLE = {"bool": "boolean", "str": "string", "none": "null", "dict": "object"}
SAMPLES: tuple[tuple[Json, tuple[Any, ...]], ...] = (
    ({"type": "null"}, (None,)),
    ({"type": "boolean"}, (True,)),
    ({"type": "integer"}, (1, 2)),
    ({"type": "number"}, (0.5,)),
    ({"type": "string"}, ("x",)),
    ({"type": "array", "items": {"type": ["integer", "null", "string"]}}, ((1,), (1, None))),
    ({"type": "array"}, ((0.5,), ("x",))),
    ({"type": "object"}, ({},)),
)
"""What a validator that is a plain function is asked for, by what its consent stands for."""

WORDS = tuple(dict.fromkeys((*POLICIES, *Dtype.__args__)))
"""What it is asked for if it takes some texts only."""


def field(info: FieldInfo) -> Json:
    """The schema of a model's field."""
    return combined(list(alternatives(type_schema(info.annotation, info.metadata))))


def combined(choices: list[Json], *, expressions: bool = True) -> Json:
    """One schema for several, and for `$name` or `$(…)` in their place."""
    choices = _distinct(choices)
    if any(not choice for choice in choices):
        return {}
    values = [value for choice in choices for value in choice.get("enum", ())]
    other = [choice for choice in choices if "type" in choice and "enum" not in choice]
    loose = [choice for choice in choices if "type" not in choice and "enum" not in choice]
    if values and {"type": "null"} in other:
        other.remove({"type": "null"})
        values.append(None)
    types = [choice["type"] for choice in other]
    texts = "string" in types
    if "number" in types and "integer" in types:
        numbers = [choice for choice in other if choice["type"] in ("number", "integer")]
        if {**numbers[0], "type": ""} == {**numbers[1], "type": ""}:
            other = [choice for choice in other if choice["type"] != "integer"]
            types.remove("integer")
    if len(set(types)) < len(types) or {"number", "integer"} <= set(types):
        return {"anyOf": [*other, *_enums(values), *loose, *([EXPRESSION] if expressions and not texts else [])]}
    merged: Json = {}
    for choice in other:
        merged |= {key: value for key, value in choice.items() if key != "type"}
    if not values and not loose:
        return _typed(merged, types, expressions=expressions and not texts)
    rest = [{"type": types[0] if len(types) == 1 else types}] if types else []
    return {**merged, "anyOf": [*rest, *_enums(values), *loose, *([EXPRESSION] if expressions and not texts else [])]}


def _typed(merged: Json, types: list[str], *, expressions: bool) -> Json:
    """Alternatives that differ by type, and a text with a dollar sign."""
    if expressions and types != ["null"]:
        numeric = bool({"integer", "number"} & set(types))
        types = [*types, "string"]
        merged = {**merged, "pattern": f"{DOLLAR}|{DIGIT_GROUPS}" if numeric else DOLLAR}
    return {"type": types[0] if len(types) == 1 else types, **merged}


def _enums(values: list[Any]) -> list[Json]:
    return [{"enum": values}] if values else []


def _distinct(choices: list[Json]) -> list[Json]:
    out: list[Json] = []
    for choice in choices:
        if choice not in out:
            out.append(choice)
    return out


def alternatives(schema: Json) -> Iterator[Json]:
    """A schema of pydantic-core as JSON Schemas, each of one type."""
    kind = schema["type"]
    if kind in SIMPLE:
        yield {"type": SIMPLE[kind]}
    elif kind in ("int", "float"):
        bounds = {BOUNDS[name]: schema[name] for name in BOUNDS if name in schema and abs(schema[name]) < 2**53}
        yield {"type": "integer" if kind == "int" else "number", **bounds}
    elif kind == "literal":
        yield {"enum": list(schema["expected"])}
    elif kind == "nullable":
        yield from alternatives(schema["schema"])
        yield {"type": "null"}
    elif kind == "union":
        for choice in schema["choices"]:
            yield from alternatives(choice)
    elif kind == "tuple":
        yield _array(schema)
    elif kind in ("function-before", "function-after"):
        yield from _judged(schema)
    else:
        yield {}


def _array(schema: Json) -> Json:
    items = [combined(list(alternatives(item))) for item in schema["items_schema"]]
    if "variadic_item_index" in schema:
        return {"type": "array", "items": items[0]}
    same = all(item == items[0] for item in items)
    return {"type": "array", "items": items[0] if same else items, "minItems": len(items), "maxItems": len(items)}


def _judged(schema: Json) -> Iterator[Json]:
    """A type with a function of ours before or after it, which is asked what it takes."""
    inner = schema["schema"]
    if inner["type"] == "any":
        yield from _probed(schema)
    elif inner["type"] == "str" and not takes(schema, "x"):
        words = [word for word in WORDS if takes(schema, word)]
        yield {"enum": words} if words else {"type": "string"}
    else:
        yield from alternatives(inner)
        if inner["type"] == "literal" and takes(schema, str(inner["expected"][0]).upper()):
            yield {"type": "string", "pattern": f"{any_case(inner['expected'])}|{DOLLAR}"}


def _probed(schema: Json) -> Iterator[Json]:
    """What a function takes, by samples; anything at all if it takes none of them."""
    found = [json for json, values in SAMPLES if any(takes(schema, value) for value in values)]
    if len(found) in (0, len(SAMPLES)):
        yield {}
        return
    types = [json["type"] for json in found]
    for number, json in enumerate(found):
        if json["type"] not in types[:number] and not (json["type"] == "integer" and "number" in types):
            yield json


def takes(schema: Json, value: Any) -> bool:
    """Whether the real validator accepts a value."""
    try:
        SchemaValidator(schema).validate_python(value)  # type: ignore[arg-type]
    except ValidationError:
        return False
    return True


def any_case(words: Any) -> str:
    """A pattern for words in capitals or not, as JSON Schema has no flag for it."""
    letters = ("".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else re.escape(c) for c in str(word)) for word in words)
    return f"^({'|'.join(letters)})$"
