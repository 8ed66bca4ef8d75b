"""The types of our models as JSON Schema, with a text that holds a `$` allowed wherever a value may stand.

Keywords of JSON Schema speak of one type each, so alternatives of different types become one schema without `anyOf`: an
editor then names the one mistake there is, instead of the failure of each alternative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic_core import SchemaValidator, ValidationError

from layerctl.base.model import FieldInfo, type_schema
from layerctl.base.shapes import Dtype
from layerctl.catalog.layers._calls import POLICIES

Json = dict[str, Any]

EXPRESSION: Json = {"$ref": "#/definitions/expression"}
DOLLAR = r"\$"
DIGIT_GROUPS = r"^[-+]?[0-9][0-9.eE+-]*_[0-9_.eE+-]*$"
"""Numbers such as `1_000`, which a reader of plain YAML 1.2 takes for text."""

BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
SIMPLE = {"bool": "boolean", "str": "string", "none": "null", "dict": "object"}
NULL: Json = {"type": "null"}
Samples = tuple[tuple[Json, tuple[Any, ...]], ...]
SCALARS: Samples = (
    (NULL, (None,)),
    ({"type": "boolean"}, (True,)),
    ({"type": "integer"}, (1, 2)),
    ({"type": "number"}, (0.5,)),
)
SAMPLES: Samples = (
    *SCALARS,
    ({"type": "string"}, ("x",)),
    ({"type": "array", "items": {"type": ["integer", "null", "string"]}}, ((1,), (1, None))),
    ({"type": "array"}, ((0.5,), ("x",), ((1, 1), (1, 1)))),
    ({"type": "object"}, ({},)),
)
"""What a validator that is a plain function is asked for, by what its consent stands for."""

CUSTOM = r"^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$"
"""A layer of the user's own: `package.module:Class`."""

WORDS = tuple(dict.fromkeys((*POLICIES, *get_args(Dtype))))
"""What it is asked for if it takes some texts only."""


def described(text: str) -> Json:
    """A description; where the text has code in it, also as Markdown, or an editor would show the backticks."""
    return {"description": text, **({"markdownDescription": text} if "`" in text else {})} if text else {}


def types_of(info: FieldInfo) -> list[Json]:
    """The values of a model's field, each schema of one type."""
    return list(alternatives(type_schema(info.annotation, info.metadata)))


def plain(value: Any) -> Any:
    """A default as JSON has it."""
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value


def combined(choices: list[Json], *, expressions: bool = True) -> Json:
    """One schema for several, each of one type, an `enum` or a reference; and for `$name` or `$(…)` in their place."""
    values, typed, loose = _sorted(choices)
    types = [choice["type"] for choice in typed]
    if {} in loose:
        return {}
    several = len(set(types)) < len(types) or {"number", "integer"} <= set(types) or (loose and "object" in types)
    if values or loose or several:
        # The names come first: of alternatives that all fail, an editor shows the first one's mistake.
        place = [EXPRESSION] if expressions and "string" not in types else []
        enums = [{"enum": values}] if values else []
        if several or not types:
            return {"anyOf": [*enums, *loose, *typed, *place]}
        return {**_merged(typed), "anyOf": [*enums, *loose, {"type": _one(types)}, *place]}
    if expressions and "string" not in types and types != ["null"]:
        numeric = bool({"integer", "number"} & set(types))
        typed = [*typed, {"pattern": f"{DOLLAR}|{DIGIT_GROUPS}" if numeric else DOLLAR}]
        types = [*types, "string"]
    return {"type": _one(types), **_merged(typed)}


def _sorted(choices: list[Json]) -> tuple[list[Any], list[Json], list[Json]]:
    """The values of all `enum`s, the schemas of a type, and the others, without repetition."""
    values = list(dict.fromkeys(value for choice in choices for value in choice.get("enum", ())))
    typed: list[Json] = []
    loose: list[Json] = []
    for choice in choices:
        group = typed if "type" in choice else loose
        if "enum" not in choice and choice not in group:
            group.append(choice)
    if values and NULL in typed:
        typed.remove(NULL)
        values.append(None)
    return values, typed, loose


def _merged(typed: list[Json]) -> Json:
    return {key: value for choice in typed for key, value in choice.items() if key != "type"}


def _one(types: list[str]) -> str | list[str]:
    return types[0] if len(types) == 1 else types


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
        least = _least(schema)
        yield from ({**json, **least} if json.get("type") == "integer" else json for json in alternatives(inner))
        if inner["type"] == "literal" and takes(schema, str(inner["expected"][0]).upper()):
            yield {"type": "string", "pattern": f"{any_case(inner['expected'])}|{DOLLAR}"}


def _least(schema: Json) -> Json:
    """The lower bound that a function puts on integers."""
    if not takes(schema, 1) or takes(schema, -1):
        return {}
    return {"minimum": 0} if takes(schema, 0) else {"exclusiveMinimum": 0}


def _probed(schema: Json) -> Iterator[Json]:
    """What a function takes, by samples; anything at all if it takes none of them."""
    found = [json for json, values in SAMPLES if any(takes(schema, value) for value in values)]
    if len(found) in (0, len(SAMPLES)):
        yield {}
        return
    types = [json["type"] for json in found]
    for number, json in enumerate(found):
        if json["type"] not in types[number + 1 :] and not (json["type"] == "integer" and "number" in types):
            yield {**json, **_least(schema)} if json["type"] == "integer" else json


def takes(schema: Json, value: Any) -> bool:
    """Whether the real validator accepts a value."""
    try:
        SchemaValidator(schema).validate_python(value)
    except ValidationError:
        return False
    return True


def any_case(words: Any) -> str:
    """A pattern for words in capitals or not, as JSON Schema has no flag for it."""
    letters = ("".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else re.escape(c) for c in str(word)) for word in words)
    return f"^({'|'.join(letters)})$"
