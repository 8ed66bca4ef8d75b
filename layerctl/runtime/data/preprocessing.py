"""`preprocessing.json`: how the data of a run were fitted to its model, so that other data can be fitted alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from layerctl.diagnostics.errors import UsageError
from layerctl.runtime.data._types import State


def to_json(state: State) -> str:
    """Readable, and the same numbers when it is read again."""
    return json.dumps(state, indent=1, ensure_ascii=False) + "\n"


def read(path: Path) -> State:
    """What a run has learnt from its training data.

    Raises:
        UsageError: the file is not there, or is none.
    """
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is damaged"
        raise UsageError(f"cannot read {path}: {reason}", "name a run that `layerctl train` made") from None
    if not isinstance(found, dict) or not {"inputs", "targets", "options"} <= found.keys():
        raise UsageError(f"{path} holds no preprocessing", "name a run that `layerctl train` made")
    return found
