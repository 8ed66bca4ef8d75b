"""What `run.json` says, and how it says it."""

from __future__ import annotations

import math
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from layerctl.base.package import __version__
from layerctl.diagnostics.errors import SpecError
from layerctl.runtime.backends import backend
from layerctl.runtime.training import curves


def versions() -> dict[str, str]:
    """What could change the result."""
    import numpy

    keras = backend.keras()
    found = {"layerctl": __version__, "python": platform.python_version(), "keras": keras.__version__}
    found["backend"] = keras.config.backend()
    found[found["backend"]] = sys.modules[found["backend"]].__version__
    return found | {"numpy": numpy.__version__}


def host() -> dict[str, Any]:
    """The machine in general terms: nothing that names it or its user."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "devices": backend.particular().devices(),
    }


def finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: null stands for both."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: finite(inner) for key, inner in value.items()}
    return [finite(inner) for inner in value] if isinstance(value, list) else value


def metrics_of(line: Mapping[str, Any]) -> dict[str, float]:
    """What was measured in an epoch."""
    return {name: value for name, value in line.items() if name not in curves.BESIDES}


def now() -> str:
    """This moment, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def reason(error: BaseException) -> dict[str, str]:
    """Why a run failed, for the record: in words, and the code of a diagnostic."""
    if isinstance(error, SpecError):
        return {"error": error.diagnostics[0].message, "code": error.diagnostics[0].code.id}
    return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
