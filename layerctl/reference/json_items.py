"""The items of `layers` as JSON Schema, for specs with blocks or nested models and, stricter, for specs without them."""

from __future__ import annotations

from collections.abc import Iterator

from layerctl.language.bind import VALID_NAME
from layerctl.language.expand.unit import COMPANIONS, CONTROL, WIRING
from layerctl.reference.json_objects import declarations, layer_names, needs_nothing, reference, spelled_layers
from layerctl.reference.json_types import CUSTOM, DOLLAR, Json, combined, described

NAME = f"^{VALID_NAME.pattern}$"
REFERENCES: Json = {"type": ["string", "array"], "items": {"$ref": "#/definitions/reference"}}
NO_OPERATION: Json = {"type": "string", "errorMessage": "This item has no operation; add a layer, such as `Dense: 10`."}

TEXTS = {
    "name": "A name for this item, unique within its scope; by default the layer's in snake case, numbered.",
    "inputs": "What it is called on: a name, a list of names, or a mapping of the call's arguments to names; by default the "
    "output of the item before.",
    "call_args": "Literal arguments of the call, such as `{use_causal_mask: true}`.",
    "if": "Keep this item only if the value is `true`.",
    "repeat": "Apply the item that many times in a row, with fresh weights each time; 0 drops it.",
    "output_shape": "Beside a custom layer only: what it returns, without the batch dimension; a list of shapes, or names and "
    "shapes, for several outputs; `{shape: [96], dtype: int32}` where it does not return what it computes in.",
    "weights": "Beside a custom layer only: its weights, such as `{gamma: [96], mean: {shape: [96], trainable: false}}`.",
    "reuse": "Call the layer or model of this name again, with the same weights.",
    "branches": "Parallel paths from one point: a list of lists of items, or a mapping of names to such lists; with `merge`.",
    "merge": "The layer that joins the branches: `Add`, `{Concatenate: {axis: -1}}`, …",
    "for": "A loop: names to lists of one length, in step; an integer n stands for 0 … n-1. With `layers`.",
    "layers": "The items of the loop.",
}


def definitions() -> Iterator[tuple[str, Json]]:
    """`items` and `item`, and `items.closed` and `item.closed` for a spec without blocks and models."""
    yield "reference", REFERENCES
    for mark, closed in (("", False), (".closed", True)):
        yield f"items{mark}", {"type": "array", "items": {"$ref": f"#/definitions/item{mark}"}}
        yield f"item{mark}", _item(mark, closed=closed)


def _item(mark: str, *, closed: bool) -> Json:
    layers = dict(spelled_layers())
    needy = [name for name, cls in layers.items() if not needs_nothing(cls)]
    operations = {name: reference("layers", cls.keras_name()) for name, cls in layers.items()}
    operations |= {name: {"$ref": f"#/definitions/{cls.spec_name()}"} for name, cls in spelled_layers("ops")}
    properties = {**operations, **{key: {**described(TEXTS[key]), **json} for key, json in _keys(mark).items()}}
    others = {"type": "string", "pattern": CUSTOM} if closed else {"type": "string", "not": {"enum": needy}}
    item: Json = {
        "type": ["object", "string"],
        "properties": properties,
        "patternProperties": {CUSTOM: {}},
        "minProperties": 1,
        "dependencies": {key: [other] for a, b in COMPANIONS.items() for key, other in ((a, b), (b, a))},
        "anyOf": [layer_names({**layers, **dict(spelled_layers("ops"))}), {"type": "object"}, others],
        "allOf": [{"if": {"type": "object", "propertyNames": {"enum": list(WIRING)}}, "then": NO_OPERATION}],
    }
    only = {"patternProperties": {CUSTOM: {}}, "additionalProperties": False}
    if closed:
        return {**item, **only}
    known = {"propertyNames": {"not": {"enum": [*operations, *CONTROL]}}}
    return {**item, "if": known, "else": {"properties": {key: {} for key in properties}, **only}}


def _keys(mark: str) -> dict[str, Json]:
    """The keys beside an item's operation, and the operations that are not layers."""
    items = {"$ref": f"#/definitions/items{mark}"}
    column = combined([{"type": "integer", "minimum": 0}, {"type": "array"}])
    mapped = {"additionalProperties": {"$ref": "#/definitions/reference"}}
    paths = {"items": items, "additionalProperties": items, "minItems": 1, "minProperties": 1}
    keys: dict[str, Json] = {
        "name": {"type": "string", "pattern": f"{NAME}|{DOLLAR}", "patternErrorMessage": "Expected letters, digits, `_` or `-`."},
        "inputs": {**REFERENCES, **mapped, "type": ["string", "array", "object"]},
        "call_args": {"type": "object"},
        "if": combined([{"type": "boolean"}]),
        "repeat": combined([{"type": "integer", "minimum": 0}]),
        **declarations(),
        "reuse": {"type": "string"},
        "branches": {"type": ["array", "object"], **paths},
        "merge": reference("layers", "merge"),
        "for": {"type": "object", "additionalProperties": column, "minProperties": 1},
        "layers": items,
    }
    assert set(keys) == {*WIRING, *CONTROL, *COMPANIONS}
    return keys
