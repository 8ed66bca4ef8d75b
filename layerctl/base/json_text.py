"""Values as JSON text, written the same way everywhere in layerctl."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any


def finite(value: Any) -> Any:
    """The value with null for NaN and infinity, which JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: finite(inner) for key, inner in value.items()}
    return [finite(inner) for inner in value] if isinstance(value, list | tuple) else value


def pretty(value: Any, indent: int = 2) -> str:
    """JSON over several lines, for files and terminals; without a newline at the end."""
    return json.dumps(value, indent=indent, ensure_ascii=False)
