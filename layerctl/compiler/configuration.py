"""The configuration: `[tool.layerctl]` of a project's pyproject.toml, which options of the command line override."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from layerctl.diagnostics.errors import UsageError
from layerctl.language.expand.settings import MAX_LAYERS, Settings

if TYPE_CHECKING:
    from pathlib import Path

TABLE = rb"(?m)tool[\"']?\s*\.\s*[\"']?layerctl|^\s*\[\s*[\"']?tool[\"']?\s*\]|^\s*[\"']?tool[\"']?\s*="
"""Matches every file that can have that table: its name, or a table `tool`."""
MARK = "the value that is looked for"


class Configuration(NamedTuple):
    """The settings of a project.

    Attributes:
        select: only these diagnostics count: codes or prefixes.
        ignore: these diagnostics do not count.
        strict: whether warnings fail too.
        spec: the default spec of commands, as a path from the current directory or a name.
        max_layers: how many layers a spec may expand to.
        include_root: the directory that includes may not leave.
        memory_budget: how many bytes training may take.
        file: the pyproject.toml with these settings; None where there is none.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    spec: str | None = None
    max_layers: int | None = None
    include_root: str | None = None
    memory_budget: int | None = None
    file: str | None = None

    def place(self, key: str) -> str:
        """The place of a key: `pyproject.toml:3:1`."""
        assert self.file is not None
        return _place(self.file, key)


def configuration() -> Configuration:
    """The table `[tool.layerctl]` of the nearest pyproject.toml; empty where there is none.

    Raises:
        UsageError: the file cannot be read, or has an unknown key or a wrong value.
    """
    folder, below = os.getcwd(), ""
    while folder != below:
        file = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(file):
            return _read(file)
        folder, below = os.path.dirname(folder), folder
    return Configuration()


def settings(
    max_layers: int | None = None,
    include_root: str | os.PathLike[str] | None = None,
    memory_budget: str | None = None,
    batch_size: int | None = None,
) -> Settings:
    """The settings of the command line, and those of the project's configuration where options are not given.

    Raises:
        UsageError: `memory_budget` is not a size, or as for `configuration`.
    """
    configured = configuration()
    return Settings(
        max_layers or configured.max_layers or MAX_LAYERS,
        os.fspath(include_root) if include_root is not None else configured.include_root,
        _size("--memory-budget", memory_budget) if memory_budget is not None else configured.memory_budget,
        batch_size,
    )


def _read(name: str) -> Configuration:
    try:
        with open(name, "rb") as opened:
            data = opened.read()
        if not re.search(TABLE, data):
            return Configuration()  # without the cost of loading a TOML parser, or pathlib
        from pathlib import Path

        file = Path(name)
        import tomllib

        table = tomllib.loads(data.decode("utf-8")).get("tool", {}).get("layerctl", {})
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {os.path.relpath(name)}: {error}") from None
    if not isinstance(table, dict):
        raise UsageError(f"[tool.layerctl] in {os.path.relpath(file)} is no table")
    values: dict[str, Any] = {}
    for key, value in table.items():
        try:
            if key not in KEYS:
                raise _unknown(key)
            values[key.replace("-", "_")] = KEYS[key](key, value, file)
        except UsageError as error:
            raise UsageError(f"{_place(name, key)}: {error.message}", error.help) from None
    return Configuration(**values, file=name)


def _place(file: str, key: str) -> str:
    """The place of a key in the table, or the file alone where the place is unknown.

    tomlkit has no positions. But it writes a document as it was read, except for changes: with another value for the key, the
    text is the same up to that value.
    """
    import tomlkit
    import tomlkit.exceptions

    path = os.path.relpath(file)
    with open(file, encoding="utf-8", newline="") as opened:
        text = opened.read()
    try:
        document: Any = tomlkit.parse(text)
        document["tool"]["layerctl"][key] = MARK
        before, mark, _ = document.as_string().partition(f'"{MARK}"')
    except tomlkit.exceptions.TOMLKitError:
        return path
    if not mark or not text.startswith(before):
        return path  # the key is a table of its own
    before = before.rstrip(" \t").removesuffix("=").rstrip(" \t")
    start = before.rfind(before[-1], 0, -1) if before[-1] in "\"'" else len(before) - len(key)
    return f"{path}:{text.count(chr(10), 0, start) + 1}:{start - text.rfind(chr(10), 0, start)}"


def _unknown(key: str) -> UsageError:
    from layerctl.diagnostics import suggestion

    return UsageError(f"[tool.layerctl] has no key `{key}`", suggestion(key, KEYS))


def _wrong(key: str, wanted: str, example: str) -> UsageError:
    return UsageError(f"`{key}` in [tool.layerctl] takes {wanted}", f"write `{key} = {example}`")


def _codes(key: str, value: object, file: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(code, str) and code for code in value):
        raise _wrong(key, "a list of codes", '["LC503"]')
    return tuple(value)


def _strict(key: str, value: object, file: Path) -> bool:
    if not isinstance(value, bool):
        raise _wrong(key, "true or false", "true")
    return value


def _spec(key: str, value: object, file: Path) -> str:
    """The configured spec: a path, which is relative to pyproject.toml, made relative to the current directory; or a name."""
    if not isinstance(value, str):
        raise _wrong(key, "a path or a name", '"specs/cnn.yaml"')
    inside = file.parent / value
    return os.path.relpath(inside) if inside.is_file() else value


def _max_layers(key: str, value: object, file: Path) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _wrong(key, "a positive integer", str(MAX_LAYERS))
    return value


def _include_root(key: str, value: object, file: Path) -> str:
    if not isinstance(value, str) or not (file.parent / value).is_dir():
        raise _wrong(key, "a directory, relative to pyproject.toml", '"."')
    return os.path.relpath(file.parent / value)


def _size(key: str, value: object, file: Path | None = None) -> int:
    from layerctl.language.spec.expect import amount

    try:
        return amount(value)
    except ValueError:
        raise UsageError(f"`{key}` takes a size in bytes such as 8GiB or 300MiB; got {value!r}") from None


KEYS: dict[str, Callable[[str, object, Path], object]] = {
    "select": _codes,
    "ignore": _codes,
    "strict": _strict,
    "spec": _spec,
    "max-layers": _max_layers,
    "include-root": _include_root,
    "memory-budget": _size,
}
"""The keys of the table, and the function that reads each key's value."""
