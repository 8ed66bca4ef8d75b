"""Values as JSON text, written the same way everywhere in layerctl."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def finite(value: Any) -> Any:
    """The value with null for NaN and infinity, which JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: finite(inner) for key, inner in value.items()}
    return [finite(inner) for inner in value] if isinstance(value, list | tuple) else value


def plain(value: Any) -> Any:
    """A value as JSON has it: by its own `to_json`, or else a named tuple or data class as an object with its fields."""
    if hasattr(value, "to_json"):
        return value.to_json()
    if hasattr(value, "_fields") or is_dataclass(value):
        return by_field(value)
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else finite(value)


def by_field(value: Any, *optional: str) -> dict[str, Any]:
    """The fields of a named tuple or data class, each as JSON has it; `optional` ones are left out if None or empty."""
    names = [field.name for field in fields(value)] if is_dataclass(value) else value._fields
    present = [name for name in names if name not in optional or getattr(value, name) not in (None, ())]
    return {name: plain(getattr(value, name)) for name in present}


def pretty(value: Any, indent: int | None = 2) -> str:
    """JSON over several lines, for files and terminals, or on one line; without a newline at the end."""
    try:
        text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    except ValueError:  # a number that JSON does not have
        text = json.dumps(finite(value), indent=indent, ensure_ascii=False)
    return printable(text)


def printable(text: str, *, ascii: bool = False) -> str:
    """The same JSON, with JSON's own escapes for what cannot be printed or commands Azure, or for everything beyond ASCII."""
    if "##" in text:
        text = re.sub(r"#(?=#\w*\[)", r"\\u0023", text)
    fits = str.isascii if ascii else str.isprintable
    escaped = (
        part if fits(part) else "".join(char if fits(char) else json.dumps(char)[1:-1] for char in part)
        for part in text.split("\n")
    )
    return "\n".join(escaped)
