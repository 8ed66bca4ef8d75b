"""Layers, functions, and the objects among their arguments, as JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from layerctl.base import docstrings
from layerctl.base.model import Model
from layerctl.catalog import CATALOGS, Arguments, in_any_case
from layerctl.catalog.activations import ACTIVATIONS
from layerctl.catalog.layers._base import Layer
from layerctl.language.bind import describe_field, object_fields
from layerctl.language.bind.custom import Declared
from layerctl.language.bind.fields import known_keys
from layerctl.language.bind.words import yaml_value
from layerctl.reference.json_types import (
    CUSTOM,
    EXPRESSION,
    NULL,
    Json,
    combined,
    described,
    plain,
    types_of,
)
from layerctl.reference.pages import documentation


def definitions() -> Iterator[tuple[str, Json]]:
    """Every class as `KIND.Class`, and every kind as `KIND.name` and `KIND.object`."""
    for kind in CATALOGS:
        for cls in classes(kind):
            yield f"{kind}.{cls.spec_name().removeprefix(f'{kind}.')}", arguments(cls)
    for kind in CATALOGS:
        if kind not in ("layers", "ops"):
            yield from _kind(kind)
    usable = {cls.keras_name(): cls for cls in layers() if cls.usable_as_activation}
    layers_too = {name: summary(cls) for name, cls in usable.items()}
    yield "activations.name", enum({**ACTIVATIONS, **layers_too}, "There is no activation of this name.")
    yield "activations.object", _one_key({name: reference("layers", name) for name in usable})
    beside = {"name": {"type": "string", "description": "A name of its own."}, **declarations()}
    item = {"type": "object", "patternProperties": {CUSTOM: {}}, "properties": beside, "additionalProperties": False}
    custom = ({"type": "string", "pattern": CUSTOM}, {**item, "minProperties": 1, "maxProperties": 1 + len(beside)})
    yield "layers.inner", _inner(dict(spelled_layers()), custom)
    yield "layers.merge", _inner({name: cls for name, cls in spelled_layers() if cls.joins_branches})


def classes(kind: str) -> Iterator[type[Arguments]]:
    """Every class of a catalogue, by name."""
    catalog = CATALOGS[kind]
    for name in catalog.names():
        cls = catalog.find(name)
        assert cls is not None
        yield cls


def layers() -> Iterator[type[Layer]]:
    for cls in classes("layers"):
        assert issubclass(cls, Layer)
        yield cls


def spelled_layers(kind: str = "layers") -> Iterator[tuple[str, type[Layer]]]:
    """Every layer, or function of `keras.ops`, by each name that a spec may use."""
    catalog = CATALOGS[kind]
    for name in (*catalog.names(), *catalog.aliases):
        cls = catalog.find(name)
        assert cls is not None
        assert issubclass(cls, Layer)
        yield f"ops.{name}" if kind == "ops" else name, cls


def layer_names(layers: Mapping[str, type[Layer]]) -> Json:
    """The names of layers that need no arguments."""
    alone = {name: summary(cls) for name, cls in layers.items() if needs_nothing(cls)}
    return enum(alone, "There is no layer of this name, or it needs arguments.")


def names(kind: str) -> dict[str, type[Arguments]]:
    """Every spelling of the names of a kind: classes first, then snake case and Keras's other names."""
    catalog = CATALOGS[kind]
    by_name = {cls.keras_name(): cls for cls in classes(kind)}
    for cls in list(by_name.values()):
        by_name |= {name: other for name, other in catalog.members(catalog.stem(cls.keras_name())).items() if other is cls}
    for alias in catalog.aliases:
        target = catalog.find(alias)
        assert target is not None
        by_name[alias] = target
    return by_name


def reference(kind: str, name: str) -> Json:
    return {"$ref": f"#/definitions/{kind}.{name}"}


def needs_nothing(cls: type[Arguments]) -> bool:
    """Whether a class needs no arguments, so that its name alone is enough."""
    return not any(info.is_required() for info in cls.model_fields.values())


def arguments(cls: type[Arguments]) -> Json:
    """The values after a class's name: arguments by name, the first argument alone, or nothing.

    The snippet has the required arguments. Without it, or with `properties` beside it, an editor would insert every default.
    """
    parsed = documentation(cls)
    head = described("\n\n".join(filter(None, (parsed.summary, parsed.body))))
    named = mapping(cls)
    first = cls.first_argument()
    alone = [json for json in choices(cls, first) if json.get("type") != "object"] if first is not None else []
    nothing = [NULL] if needs_nothing(cls) else []
    taken = {"title": cls.spec_name(), **combined([named, *alone, *nothing], expressions=first is not None)}
    if first is not None and "pattern" in taken:
        taken["patternErrorMessage"] = f"Expected {describe_field(cls, first)}, or arguments by name."
    required = {name: f"${number}" for number, name in enumerate(named.get("required", ()), 1)}
    snippet = {"defaultSnippets": [{"label": ", ".join(required), "body": required}]} if required else {}
    return {"title": cls.spec_name(), **head, **snippet, "allOf": [taken]}


def mapping(cls: type[Model]) -> Json:
    """The fields of a model by name."""
    properties = {name: field(cls, name) for name in known_keys(cls)}
    required = [name for name in properties if cls.model_fields[name].is_required()]
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def field(cls: type[Model], name: str) -> Json:
    """One argument with its documentation."""
    info = cls.model_fields[name]
    text, words = sentence(info.description or ""), sentence(describe_field(cls, name))
    state = "required" if info.is_required() else f"default `{yaml_value(info.default)}`"
    json = combined(choices(cls, name))
    default = {} if info.is_required() or info.default is None else {"default": plain(info.default)}
    hint = {"errorMessage": f"Expected {describe_field(cls, name)}."} if "type" in json or "pattern" in json else {}
    return {**described(f"{text}\n\n{words}; {state}.".strip()), **json, **hint, **default}


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def choices(cls: type[Model], name: str) -> list[Json]:
    """The values of one argument, each schema of one type."""
    types = types_of(cls, name)
    kind = object_fields(cls).get(name)
    if kind is None:
        return types or [{}]
    one = objects(kind.name)
    many = [{"type": "array", "items": combined(one)}] if kind.many else []
    return [*types, *many, *one]


def objects(kind: str) -> list[Json]:
    """The schemas of an object of a kind: its name alone, or a name with arguments."""
    if kind == "layers":
        return [reference(kind, "inner")]
    parts = ("name", "object") if kind == "activations" or _alone(kind) else ("object",)
    return [reference(kind, part) for part in parts]


def _alone(kind: str) -> dict[str, str]:
    """The names that need no arguments, each with its summary."""
    summaries = {name: summary(cls) for name, cls in names(kind).items() if needs_nothing(cls)}
    return summaries | dict.fromkeys(_by_shape(kind), "The class that the output's shape asks for.")


def _by_shape(kind: str) -> list[str]:
    return sorted(CATALOGS[kind].by_shape)


def _kind(kind: str) -> Iterator[tuple[str, Json]]:
    """The definitions of a kind: a name alone, and a name with its arguments."""
    if alone := _alone(kind):
        known = enum(alone, f"There is no {CATALOGS[kind].noun} of this name.")
        by_shape = _by_shape(kind)
        yield f"{kind}.name", {"anyOf": [known, *in_any_case(*by_shape)["anyOf"][1:]]} if by_shape else known
    yield f"{kind}.object", _one_key({name: reference(kind, cls.keras_name()) for name, cls in names(kind).items()})


def declarations() -> dict[str, Json]:
    """The keys that declare a custom layer's shapes."""
    shape = {"type": "array", "items": combined([{"type": "integer", "exclusiveMinimum": 0}])}
    weight = combined([shape, mapping(Declared)])
    output = combined([{"type": "array"}, {"type": "object", "minProperties": 1}, NULL])
    return {"output_shape": output, "weights": combined([{"type": "object", "additionalProperties": weight}, NULL])}


def _inner(inner_layers: dict[str, type[Layer]], custom: tuple[Json, ...] = ()) -> Json:
    """A layer as an argument: its name, or its name and arguments, perhaps with a `name`; or an entry of `models`.

    A schema cannot know the names of models: a name in lower case that is not an argument may be one.
    """
    arguments = {
        name for cls in layers() if "layers" in {kind.name for kind in object_fields(cls).values()} for name in cls.own_fields()
    }
    model = rf"^(?!(name|{'|'.join(sorted(arguments))})$)[a-z_]"
    known = {name: reference("layers", cls.keras_name()) for name, cls in inner_layers.items()}
    alone = [layer_names(inner_layers), {"type": "string", "pattern": model}]
    one = {**_one_key({**known, "name": {"type": "string", "description": "A name of its own."}}), "maxProperties": 2}
    return {"anyOf": [*alone, {**one, "patternProperties": {model: {}}}, *custom, EXPRESSION]}


def _one_key(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1, "maxProperties": 1}


def enum(described_names: dict[str, str], mistake: str) -> Json:
    """Names, each with its description, and the message for any other name."""
    texts = list(described_names.values())
    return {"enum": list(described_names), "enumDescriptions": texts, "errorMessage": mistake}


def summary(cls: type[Arguments]) -> str:
    return docstrings.parse(cls.__doc__).summary
