"""Starter specs: a copy of one that comes with the package, never over an existing file."""

from __future__ import annotations

import os
from pathlib import Path

from layerctl.diagnostics import did_you_mean
from layerctl.errors import UsageError
from layerctl.locate import PACKAGED, SUFFIXES, packaged_names


def init(name: str | None = None, template: str = "cnn") -> Path:
    """Writes a commented starter spec.

    Args:
        name: a name or a path; the template's name by default. A bare name goes into specs/ where that exists.
        template: which of the packaged specs to start from.

    Returns:
        The path of the new file.

    Raises:
        UsageError: the file exists, cannot be written, or there is no such template.
    """
    known = packaged_names()
    if template not in known:
        near = did_you_mean(template, known)
        help = f"did you mean `{near}`?" if near else "templates: " + ", ".join(known)
        raise UsageError(f"there is no template `{template}`", help)
    path = target(name or template)
    text = (PACKAGED / f"{template}.yaml").read_text(encoding="utf-8")
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} exists; init never overwrites", "give another name") from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
    return path


def target(name: str) -> Path:
    """Where a spec of that name goes."""
    file = name if name.endswith(SUFFIXES) else f"{name}.yaml"
    return Path("specs", file) if os.path.dirname(file) == "" and os.path.isdir("specs") else Path(file)
