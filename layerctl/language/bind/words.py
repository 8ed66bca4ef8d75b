"""Describes types and values in words, for messages."""

from __future__ import annotations

import re
import types
import typing
from typing import Any, Literal, Union, get_args, get_origin

from layerctl.base.model import Model, remembered
from layerctl.catalog import CATALOGS, Kind, Says

NOUNS = {name: f"a{'n' if catalog.noun[0] in 'aeiou' else ''} {catalog.noun}" for name, catalog in CATALOGS.items()}
NOUNS["activations"] = "an activation"
NAME_HELP = "write a word, such as `name: stem`"
VALID_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
VALUE_ERRORS = frozenset(
    ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "literal_error", "value_error", "finite_number")
)
"""The types of pydantic errors that mean a wrong value of the right type."""


DECLARING = ("output_shape", "weights")
"""The keys beside an operation that only a custom layer has."""


def is_custom(operation: str) -> bool:
    """Whether an operation is written as `package.module:Class`, which names a custom layer."""
    module, colon, name = operation.partition(":")
    return bool(colon) and name.isidentifier() and all(part.isidentifier() for part in module.split("."))


def is_number(text: str) -> bool:
    try:
        float(text.replace("_", ""))
    except ValueError:
        return False
    return True


def shown(value: object) -> str:
    """A value as a message shows it, with its type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"`{value}`" if len(repr(value)) <= 40 else f"a number of {len(repr(value))} digits"
    if isinstance(value, str):
        return f'the text "{value[:60]}"' + ("…" if len(value) > 60 else "")
    if isinstance(value, tuple):
        inner = ", ".join(map(yaml_value, value[:8])) + (", …" if len(value) > 8 else "")
        return f"the list [{inner}]" if len(inner) < 80 else "a list"
    return "a mapping" if isinstance(value, dict) else str(value)


def yaml_value(value: Any) -> str:
    """A value as YAML writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(yaml_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {yaml_value(item)}' for key, item in value.items())}}}"
    return str(value)


SIZE = r"(?:-?[0-9]{1,18}|None|null|\?)"
SIZES = re.compile(rf"[\[(]?\s*({SIZE}(?:\s*[x×X,;*\s]\s*{SIZE})*)\s*,?\s*[\])]?")


def sizes(text: str) -> tuple[int | None, ...] | None:
    """The sizes of a text such as `(28, 28, 1)`, `28x28x1` or `28 28`; unknown ones are None. None for any other text."""
    match = SIZES.fullmatch(text.strip())
    if match is None:
        return None
    return tuple(int(part) if part.lstrip("-").isdigit() else None for part in re.findall(SIZE, match[1]))


def literal_choices(annotation: Any) -> tuple[Any, ...]:
    """The choices of a Literal, also within a union."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(choice for arm in get_args(annotation) for choice in literal_choices(arm))
    return ()


@remembered
def describe_field(cls: type[Model], name: str) -> str:
    info = cls.model_fields[name]
    return describe_type(info.annotation, tuple(info.metadata))


def describe_type(annotation: Any, metadata: tuple[Any, ...] = ()) -> str:
    """A type in words: `a positive integer`, ``one of `valid`, `same` ``."""
    for mark in metadata:
        if isinstance(mark, Says):
            return mark.words
        if isinstance(mark, Kind):
            return NOUNS[mark.name]
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        inner, *marks = get_args(annotation)
        return describe_type(inner, tuple(marks))
    if annotation is bool:
        return "`true` or `false`"
    if annotation in (int, float):
        return _number(annotation, metadata)
    if annotation is str:
        return "text"
    if annotation is type(None) or annotation is None:
        return "null"
    if origin is Literal:
        choices = [f"`{choice}`" for choice in get_args(annotation)]
        return choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(describe_type(arm) for arm in get_args(annotation)))
    if origin in (tuple, list):
        arms = [arm for arm in get_args(annotation) if arm is not Ellipsis]
        return (
            f"a list of {len(arms)} values" if len(arms) > 1 and len(set(arms)) > 1 else f"a list, each {describe_type(arms[0])}"
        )
    if origin is dict:
        return "a mapping"
    return "another value"


def _number(annotation: type, metadata: tuple[Any, ...]) -> str:
    noun = "integer" if annotation is int else "number"
    low, high, above, below = (
        next((getattr(mark, name) for mark in metadata if hasattr(mark, name)), None) for name in ("ge", "le", "gt", "lt")
    )
    article = "an" if noun == "integer" else "a"
    if above == 0 and high is None and below is None:
        return f"a positive {noun}"
    if low is not None and high is not None:
        return f"{article} {noun} from {low} to {high}"
    if low is not None and below is not None:
        return f"{article} {noun} from {low} to below {below}"
    if above is not None and (high is not None or below is not None):
        return (
            f"{article} {noun} above {above} and {'up to' if high is not None else 'below'} {high if high is not None else below}"
        )
    if low is not None:
        return f"{article} {noun} of at least {low}"
    return f"{article} {noun}"
