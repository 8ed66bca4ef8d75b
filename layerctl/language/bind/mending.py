"""Suggests a valid value in place of a wrong one, for the help of a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic_core import ValidationError

from layerctl.base.model import Model
from layerctl.diagnostics import Sink
from layerctl.language.bind.fields import object_fields
from layerctl.language.bind.words import describe_field, is_number, literal_choices, yaml_value

WORD = re.compile(r"`([^`\s]+)`")
OBJECT = re.compile(r"`([\[{][^`]+)`")
EXAMPLES: tuple[Any, ...] = (0.5, 1, "text", (1,), (1, 1), (1, 1, 1), True, ("a", "b"), (0.0, 1.0))
"""Values to try as examples, the first that the field accepts."""
SWITCHES = {"yes": True, "on": True, "y": True, "no": False, "off": False, "n": False, "true": True, "false": False}
"""Words that are booleans in YAML 1.1, and quoted booleans."""


def mend(sink: Sink, cls: type[Model], field: str, key: str, value: Any, whole: Any) -> str | None:
    """What to write instead: a similar word or number, the default, or an example of a valid value.

    Args:
        sink: where mistakes of the spec go.
        cls: the model.
        field: its field.
        key: the name of the argument as the user wrote it.
        value: the wrong part of the value: `x` in `strides: [1, x]`; or all of it.
        whole: the whole value.
    """
    info = cls.model_fields[field]
    choices = [str(choice) for choice in literal_choices(info.annotation)] or WORD.findall(describe_field(cls, field))
    if isinstance(value, str) and value not in choices and (near := sink.did_you_mean(value, choices)):
        return f"did you mean `{near}`?"
    if isinstance(value, dict) and choices:
        wrong = next((word for word in _words(value) if word not in choices), "")
        near = sink.did_you_mean(wrong, choices)
        return f"did you mean `{near}`?" if near else f"the choices are {', '.join(f'`{choice}`' for choice in choices)}"
    is_object = field in object_fields(cls)
    meant = next((other for other in near_values(whole) if takes(cls, field, other)), None) if not is_object else None
    if meant is not None:
        return f"write `{key}: {yaml_value(meant)}`"
    if not info.is_required() and info.default is not None:
        return f"leave out `{key}` for its default, `{yaml_value(info.default)}`"
    if is_object:
        written = OBJECT.search(describe_field(cls, field))
        return f"write `{key}: {written[1]}`, for example" if written else "write its name, or `{Name: {…}}`"
    common = next((other for other in (*choices, *EXAMPLES) if takes(cls, field, other)), None)
    if common is None:
        return None if info.is_required() else f"leave out `{key}`"
    example = f"write `{key}: {yaml_value(common)}`, for example"
    return example if info.is_required() else f"leave out `{key}`, or {example}"


def _words(value: Any) -> Iterator[str]:
    """The texts among the values of a mapping, also within lists."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else ():
        yield from _words(part)


def near_values(value: Any) -> Iterator[Any]:
    """Values that the user may have meant by a wrong one."""
    if isinstance(value, bool):
        return
    if isinstance(value, str) and value.lower() in SWITCHES:
        yield SWITCHES[value.lower()]
    elif isinstance(value, str) and is_number(value) and len(value) < 20:
        number = float(value.replace("_", ""))
        yield from (int(number), number) if number.is_integer() else (number,)
    elif isinstance(value, int | float) and abs(value) < 1e9:
        if value in (0, 1):
            yield bool(value)
        yield int(value)
        yield -value
        yield from (value / 100, 1, 0) if value >= 2 else (1, 0)
        yield (value,)
    elif isinstance(value, tuple) and value:
        numbers: tuple[Any, ...] = tuple(
            next(near_values(part), part) if isinstance(part, str | float) else part for part in value
        )
        if all(type(part) is int for part in numbers):
            yield tuple(abs(part) or 1 for part in numbers)
        yield value[0]


def takes(cls: type[Model], field: str, value: Any) -> bool:
    """Whether a value is valid for a field."""
    try:
        cls.model_validate({field: value})
    except ValidationError as error:
        return not any(detail["loc"][:1] == (field,) for detail in error.errors(include_url=False))
    return True
