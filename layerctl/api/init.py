"""Starter specs: copies a spec that comes with the package, never over an existing file, and writes the schema for editors."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from layerctl.base.files import write_whole
from layerctl.compiler.locate import PACKAGED, SUFFIXES, packaged_names
from layerctl.diagnostics.errors import UsageError, writing
from layerctl.diagnostics.spelling import did_you_mean

SCHEMA = ".layerctl/schema.json"
"""The JSON Schema's path, relative to the spec: with it in the project, the spec works on other machines, offline."""

MODELINE = f"# yaml-language-server: $schema={SCHEMA}\n"


def init(name: str | None = None, template: str = "cnn") -> Path:
    """Writes a commented starter spec, and beside it the schema that its first line names, if there is none yet.

    Args:
        name: a name or a path; the template's name by default. A bare name goes into specs/ if that exists.
        template: the packaged spec to start from.

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
    with writing(path):
        schema.parent.mkdir(exist_ok=True)
        with suppress(FileExistsError):
            write_whole(schema, schema_text(), new=True)
        write_whole(path, MODELINE + text, new=True)
    return path


def target(name: str) -> Path:
    """The path for a spec of that name."""
    file = name if name.endswith(SUFFIXES) else f"{name}.yaml"
    return Path("specs", file) if os.path.dirname(file) == "" and os.path.isdir("specs") else Path(file)
