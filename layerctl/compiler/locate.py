"""Finds the spec files of a command: paths, bare names, directories, and the specs that come with the package."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from layerctl.base import reading
from layerctl.base.package import FOLDER
from layerctl.base.printable import shortened
from layerctl.compiler.configuration import configuration
from layerctl.diagnostics.errors import UsageError

PACKAGED = os.path.join(FOLDER, "specs")
SUFFIXES = (".yaml", ".yml")
BARE = re.compile(r"[^./\\][^/\\]*(/[^./\\][^/\\]*)*")
"""A name, or folders and a name, without `.` and `..`."""
LONGEST = 200
"""Characters of a name in a message."""
SKIPPED = frozenset(("node_modules", "__pycache__", "venv", "site-packages"))
MOST_LOOKED_INTO, LOOKED_AT = 500, 256 * 1024
"""Where a name is like that of a spec: how many files are looked into, and at how many bytes of each."""


class CannotLocate(UsageError):
    """The named spec does not exist or cannot be read."""


class SpecFile(NamedTuple):
    """A file's path, as messages show it, and its bytes."""

    path: str
    data: bytes


def read(path: str | os.PathLike[str], shown: str | None = None) -> SpecFile:
    """A file's bytes; of one that is too large so many that `decode` can tell.

    Raises:
        CannotLocate: it cannot be read.
    """
    shown = shown or os.fspath(path)
    try:
        with reading.opened(path) as file:
            return SpecFile(shown, file.read(reading.TEXTS.most() + 1))
    except OSError as error:
        raise CannotLocate(f"cannot read {shown}: {reading.reason(error)}", reading.advice(error)) from None


def stdin() -> SpecFile:
    """The spec on standard input, as `read` gives one.

    Raises:
        CannotLocate: it is closed, or cannot be read.
    """
    try:
        return SpecFile("<stdin>", reading.stdin().read(reading.TEXTS.most() + 1))
    except OSError as error:
        reason = "it is closed" if error.errno == errno.EBADF else reading.reason(error)
        help = reading.advice(error, "give it a spec: `layerctl check - < cnn.yaml`")
        raise CannotLocate(f"cannot read standard input: {reason}", help) from None


def find(name: str) -> SpecFile:
    """The one spec that a command names: `-`, a path, or a bare name.

    A bare name, such as `cnn` or `zoo/resnet50`, is NAME.yaml in the current directory, then in specs/, then among the specs that
    come with the package.

    Raises:
        CannotLocate: there is none.
    """
    if name == "-":
        return stdin()
    if os.path.isdir(name):
        raise CannotLocate(f"{name} is a directory; this command takes one spec", "name a file in it")
    if os.path.exists(name):
        return read(name)
    if (file := bare(name)) is not None:
        return file
    raise CannotLocate(f"there is no spec `{shortened(name, LONGEST)}`", _near(name))


def bare(name: str) -> SpecFile | None:
    """The spec of a bare name such as `cnn` or `zoo/resnet50`; None where there is none."""
    if not BARE.fullmatch(name) or name.endswith(SUFFIXES):
        return None
    for folder in ("", "specs"):
        for suffix in SUFFIXES:
            path = os.path.join(folder, name + suffix)
            if os.path.isfile(path):
                return read(path)
    packaged = os.path.join(PACKAGED, f"{name}.yaml")
    return read(packaged, f"<layerctl>/specs/{name}.yaml") if os.path.isfile(packaged) else None


def _near(name: str) -> str:
    from layerctl.diagnostics.spelling import did_you_mean

    is_path = os.path.dirname(name) or name.endswith(SUFFIXES)
    if is_path and (near := did_you_mean(name, _specs_in(os.path.dirname(name)))):
        return f"did you mean `{near}`?"
    here = {_stem(path) for path in _specs_in("")}
    known = sorted({*here, *_names_in("specs"), *packaged_names()})
    stems = {os.path.basename(item): item for item in reversed(known)}  # `resnet50` is near to `zoo/resnet50`
    near = did_you_mean(_stem(name), stems)
    if near:
        return f"did you mean `{stems[near]}`?"
    return "give a path, or one of " + ", ".join(f"`{item}`" for item in known)


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


def _specs_in(folder: str) -> list[str]:
    """The specs of a folder that can be read, of its first files."""
    names: list[str] = []
    with suppress(OSError):
        names = [name for name in sorted(os.listdir(folder or ".")) if name.endswith(SUFFIXES)]
    paths = []
    for path in (os.path.join(folder, name) for name in names[:MOST_LOOKED_INTO]):
        with suppress(OSError):
            if looks_like_spec(reading.head(path, LOOKED_AT)):
                paths.append(path)
    return paths


def packaged_names() -> tuple[str, ...]:
    """The names of the specs that come with the package."""
    return _names_in(PACKAGED)


def _names_in(folder: str) -> tuple[str, ...]:
    """The bare names of the specs below a folder, its own first."""
    found = islice(_yaml_files(folder, []), MOST_LOOKED_INTO)
    stems = [os.path.splitext(os.path.relpath(file, folder))[0].replace(os.sep, "/") for file in found]
    return tuple(filter(BARE.fullmatch, sorted(stems, key=lambda name: (name.count("/"), name))))


def default() -> SpecFile:
    """The spec of a command that is given none.

    That is `[tool.layerctl] spec` of the nearest pyproject.toml, else the only one in specs/.

    Raises:
        CannotLocate: neither names one.
    """
    configured = configuration()
    if configured.spec is not None:
        try:
            return find(configured.spec)
        except CannotLocate as error:
            raise CannotLocate(f"{configured.place('spec')}: {error.message}", error.help) from None
    specs = [path for path in sorted(os.listdir("specs")) if path.endswith(SUFFIXES)] if os.path.isdir("specs") else []
    if len(specs) == 1:
        return read(os.path.join("specs", specs[0]))
    names = [os.path.splitext(path)[0] for path in specs] or list(packaged_names())
    where = "specs/ holds several specs" if specs else "there is no specs/ here"
    raise CannotLocate(f"which spec? {where}", "name one: " + ", ".join(f"`{name}`" for name in names))


def discover(names: list[str]) -> Iterator[SpecFile | CannotLocate]:
    """The specs of a list of names and directories, each file once; in place of a spec that cannot be read, the error."""
    seen: set[str] = set()
    folders: dict[str, str] = {}
    for name in names:
        for file in _discover(name):
            key = _real(file.path, folders) if isinstance(file, SpecFile) and not file.path.startswith("<") else ""
            if key and key in seen:
                continue
            seen.add(key)
            yield file


def _real(path: str, folders: dict[str, str]) -> str:
    """As `os.path.realpath`, but the folder, which takes most of the time, is resolved once for all its files."""
    if os.path.islink(path):
        return os.path.realpath(path)
    folder, name = os.path.split(path)
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return os.path.join(folders[folder], name)


def _discover(name: str) -> Iterator[SpecFile | CannotLocate]:
    if name == "-" or not os.path.isdir(name):
        try:
            yield find(name)
        except CannotLocate as error:
            yield error
        return
    has_specs = False
    unread: list[OSError] = []
    for path in _yaml_files(name, unread):
        try:
            file = read(path)
        except CannotLocate as error:
            yield error
            continue
        if looks_like_spec(file.data):
            has_specs = True
            yield file
    for failure in unread:
        if not isinstance(failure, PermissionError):  # a folder that is somebody else's holds no specs of ours
            yield CannotLocate(f"cannot read {failure.filename}: {reading.reason(failure)}", "move what is in it")
    if not has_specs:
        help = "a spec is a YAML file with a top-level `layers` key; `layerctl init` writes one"
        yield CannotLocate(f"there are no specs in {name}", help)


def _yaml_files(folder: str, unread: list[OSError]) -> Iterator[str]:
    """The YAML files below a folder in a stable order, without hidden folders and those of tools.

    `unread` gets the errors for folders that cannot be read.
    """
    from layerctl.base.folders import walk

    for at, _, files in walk(folder, unread.append, _enters):
        for name in files:
            if name.endswith(SUFFIXES):
                path = os.path.join(at, name)
                yield path[2:] if folder != "." and path.startswith("./") else os.path.normpath(path)


def _enters(folder: str) -> bool:
    return not folder.startswith(".") and folder not in SKIPPED


def looks_like_spec(data: bytes) -> bool:
    """Whether a file has a top-level `layers` key; if it cannot be parsed, a line that begins with `layers:`."""
    if b"layers" not in data:
        return False
    if re.search(rb"(?m)^layers[ \t]*:", data):
        return True
    from layerctl.diagnostics import Sink
    from layerctl.language.syntax import Mapping, decode, parse

    sink = Sink()
    source = decode("", data, sink)
    root = parse(source, sink) if source is not None else None
    return isinstance(root, Mapping) and "layers" in root.entries
