"""The parts of `run.json` about this machine, its packages, the time, and a failure."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime

from layerctl.base.package import __version__
from layerctl.diagnostics.errors import SpecError
from layerctl.runs.record import Host
from layerctl.runtime.backends import backend


def versions() -> dict[str, str]:
    """The versions of the packages that could change the result."""
    import numpy

    keras = backend.keras()
    packages = {"layerctl": __version__, "python": platform.python_version(), "keras": keras.__version__}
    packages["backend"] = keras.config.backend()
    packages[packages["backend"]] = sys.modules[packages["backend"]].__version__
    return packages | {"numpy": numpy.__version__}


def host() -> Host:
    """This machine."""
    return Host(system=platform.system(), machine=platform.machine(), cpus=os.cpu_count(), devices=backend.particular().devices())


def now() -> str:
    """The current time, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def reason(error: BaseException) -> dict[str, str]:
    """Why a run failed, for `run.json`: in words, and with the code of a diagnostic."""
    if isinstance(error, SpecError):
        return {"error": error.diagnostics[0].message, "code": error.diagnostics[0].code.id}
    return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
