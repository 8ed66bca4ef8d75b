"""Values as JSON text, written the same way everywhere in layerctl."""

from __future__ import annotations

import json
import math
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
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else finite(value)


def pretty(value: Any, indent: int = 2) -> str:
    """JSON over several lines, for files and terminals; without a newline at the end."""
    return json.dumps(value, indent=indent, ensure_ascii=False)
