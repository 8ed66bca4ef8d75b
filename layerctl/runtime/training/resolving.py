"""`resolved.yaml` of a run directory."""

from __future__ import annotations

import os
from pathlib import Path

from layerctl.catalog.datasets import _formats
from layerctl.compiler.pipeline import Accepted
from layerctl.diagnostics.errors import UsageError
from layerctl.language.resolved import resolved
from layerctl.language.spec.train import Train, changed


def resolved_in(run: Path, compiled: Accepted, train: Train, beside: Path) -> str:
    """The resolved spec as it stands in a run directory: the paths of the data are relative to that directory.

    Args:
        run: the directory.
        compiled: the spec.
        train: its section `train`, perhaps changed by options.
        beside: the directory of the spec, where the data may be too.

    Raises:
        UsageError: a path is not UTF-8, so that YAML cannot hold it.
    """
    data = train.data
    paths = {key: getattr(data, key) for key in ("path", *_formats.PARTS) if getattr(data, key) is not None}
    if paths:
        train = changed(train, data=changed(data, **{key: _from_run(file, run, beside) for key, file in paths.items()}))
    return resolved(compiled.model, compiled.document, train=train)


def _from_run(file: str, run: Path, beside: Path) -> str:
    """A path of the data, relative to the run directory where it is relative."""
    if os.path.isabs(os.path.expanduser(file)):
        return file
    candidates = (folder / file for folder in (Path(), beside))
    name = Path(next((os.path.relpath(found, run) for found in candidates if found.exists()), file)).as_posix()
    try:
        name.encode()
    except UnicodeEncodeError:
        help = "name it otherwise, or keep the runs beside the data: `--runs-dir`"
        raise UsageError(f"{name} is not UTF-8, and the run has to name it", help) from None
    return name
