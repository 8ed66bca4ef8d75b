"""Starter specs: a copy of one that comes with the package, never over an existing file; and the schema for editors."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from layerctl.compiler.locate import PACKAGED, SUFFIXES, packaged_names
from layerctl.diagnostics import did_you_mean
from layerctl.diagnostics.errors import UsageError

SCHEMA = ".layerctl/schema.json"
"""Where the JSON Schema is, from the folder of a spec: a path of its own makes the spec work on other machines, offline."""

MODELINE = f"# yaml-language-server: $schema={SCHEMA}\n"


def init(name: str | None = None, template: str = "cnn") -> Path:
    """Writes a commented starter spec, and beside it the schema that its first line names, if there is none yet.

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
    path = target(name or os.path.basename(template))
    text = Path(PACKAGED, f"{template}.yaml").read_text(encoding="utf-8")
    if os.path.lexists(path):
        raise UsageError(f"{path} exists; init never overwrites", "give another name")
    from layerctl.reference.schema import schema_text

    schema = path.parent / SCHEMA
    try:
        schema.parent.mkdir(exist_ok=True)
        with suppress(FileExistsError), open(schema, "x", encoding="utf-8", newline="\n") as file:
            file.write(schema_text())
        with open(path, "x", encoding="utf-8") as file:
            file.write(MODELINE + text)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
    return path


def target(name: str) -> Path:
    """Where a spec of that name goes."""
    file = name if name.endswith(SUFFIXES) else f"{name}.yaml"
    return Path("specs", file) if os.path.dirname(file) == "" and os.path.isdir("specs") else Path(file)
