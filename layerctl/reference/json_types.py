"""Adapts the JSON Schema that pydantic generates for the models: a text with a `$` is allowed in place of every value.

Each keyword of JSON Schema applies to one type, so alternatives of different types become one schema without `anyOf`: an editor
then shows the one actual mistake, instead of a mistake for each alternative.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from layerctl.base.model import Model, remembered

Json = dict[str, Any]

EXPRESSION: Json = {"$ref": "#/definitions/expression"}
DOLLAR = r"\$"
DIGIT_GROUPS = r"^[-+]?[0-9][0-9.eE+-]*_[0-9_.eE+-]*$"
"""Numbers such as `1_000`, which are text in plain YAML 1.2."""

BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
EXACT = 2**53
"""Larger integers are not exact as an editor's numbers, which are floats."""
NULL: Json = {"type": "null"}

CUSTOM = r"^[A-Za-z_][A-Za-z0-9_.]*:[A-Za-z_][A-Za-z0-9_]*$"
"""A custom layer: `package.module:Class`."""


def described(text: str) -> Json:
    """A description; a text with code also as Markdown, since an editor would otherwise show the backticks."""
    return {"description": text, **({"markdownDescription": text} if "`" in text else {})} if text else {}


@remembered
def json_schema(cls: type[Model]) -> Json:
    return cls.model_json_schema()


def types_of(cls: type[Model], name: str) -> list[Json]:
    """The schemas of a field's values, each of one type; none where the field's type allows anything."""
    return [choice for choice in alternatives(json_schema(cls)["properties"][name]) if choice]


def plain(value: Any) -> Any:
    """A default as a JSON value."""
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value


def combined(choices: list[Json], *, expressions: bool = True) -> Json:
    """One schema for several (each of one type, an `enum` or a reference) that also allows `$name` and `$(…)`."""
    values, typed, loose = _sorted(choices)
    types = [choice["type"] for choice in typed]
    if {} in loose:
        return {}
    several = len(set(types)) < len(types) or {"number", "integer"} <= set(types) or (loose and "object" in types)
    if values or loose or several:
        # The names come first: where all alternatives fail, an editor shows the mistake of the first.
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


def or_variable(value: Json) -> Json:
    """The schema of a list, a mapping or null; a text with a `$` may stand in its place."""
    types = value["type"] if isinstance(value["type"], list) else [value["type"]]
    return {**value, "type": [*types, "string"], "pattern": DOLLAR}


def _sorted(choices: list[Json]) -> tuple[list[Any], list[Json], list[Json]]:
    """The values of all `enum`s, the schemas with a type, and the other schemas, each without duplicates."""
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
    """Splits pydantic's JSON Schema of a type into schemas of one type each."""
    if "anyOf" in schema:
        for choice in schema["anyOf"]:
            yield from alternatives(choice)
    elif "enum" in schema or "const" in schema:
        yield {"enum": schema.get("enum") or [schema["const"]]}
    else:
        yield {keyword: value for keyword, value in _keywords(schema) if value != {}}


def _keywords(schema: Json) -> Iterator[tuple[str, Any]]:
    """The keywords of a schema that draft-07 has; the values in a list or a mapping may be expressions too."""
    for keyword, value in schema.items():
        if keyword == "prefixItems":
            items = [combined([*alternatives(item)]) for item in value]
            yield "items", items[0] if all(item == items[0] for item in items) else items
        elif keyword in ("items", "additionalProperties"):
            yield keyword, combined([*alternatives(value)]) if isinstance(value, dict) else {}
        elif keyword == "pattern":
            yield keyword, f"{value}|{DOLLAR}"
        elif keyword in ("type", "minItems", "maxItems") or (keyword in BOUNDS and abs(value) < EXACT):
            yield keyword, value
