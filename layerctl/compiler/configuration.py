"""`[tool.layerctl]` of a project's pyproject.toml, and what the command line says in its place."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from layerctl.diagnostics.errors import UsageError
from layerctl.language.expand.settings import MAX_LAYERS, Settings

if TYPE_CHECKING:
    from pathlib import Path

TABLE = rb"(?m)tool[\"']?\s*\.\s*[\"']?layerctl|^\s*\[\s*[\"']?tool[\"']?\s*\]|^\s*[\"']?tool[\"']?\s*="
"""What a file with that table holds: its name, or a table `tool` that may hold it."""
HEADER = r"(?m)^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*layerctl[ \t]*\]"
"""Patterns are compiled where they are used: most checks need none of them."""


class Configuration(NamedTuple):
    """What a project sets.

    Attributes:
        select: only these diagnostics count: codes or prefixes.
        ignore: these do not count.
        strict: whether warnings fail too.
        spec: the spec of commands that are given none, as seen from here.
        max_layers: how many layers a spec may expand to.
        include_root: where includes may be.
        memory_budget: how many bytes training may take.
        places: where each key stands: `pyproject.toml:3:1`.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    spec: str | None = None
    max_layers: int | None = None
    include_root: str | None = None
    memory_budget: int | None = None
    places: Mapping[str, str] = {}


def configuration() -> Configuration:
    """The table `[tool.layerctl]` of the nearest pyproject.toml; empty where there is none.

    Raises:
        UsageError: the file cannot be read, has a key that does not exist, or a value that a key does not take.
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
    """What the command line asks for; what it leaves open, the project's configuration says.

    Raises:
        UsageError: `memory_budget` is no size, or as for `configuration`.
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

        text = data.decode("utf-8")
        table = tomllib.loads(text).get("tool", {}).get("layerctl", {})
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {os.path.relpath(name)}: {error}") from None
    if not isinstance(table, dict):
        raise UsageError(f"[tool.layerctl] in {os.path.relpath(file)} is no table")
    places = {key: _place(file, text, key) for key in table}
    values: dict[str, Any] = {}
    for key, value in table.items():
        try:
            if key not in KEYS:
                raise _unknown(key)
            values[key.replace("-", "_")] = KEYS[key](key, value, file)
        except UsageError as error:
            raise UsageError(f"{places[key]}: {error.message}", error.help) from None
    return Configuration(**values, places=places)


def _place(file: Path, text: str, key: str) -> str:
    """Where a key stands; the TOML parser does not say."""
    path = os.path.relpath(file)
    header = re.search(HEADER, text)
    pattern = re.compile(rf"^[^#\n]*?(?<![\w-])(?P<key>([\"']?){re.escape(key)}\2)[ \t]*=", re.MULTILINE)
    found = pattern.search(text, header.end() if header else 0)
    if found is None:
        return path
    start = found.start("key")
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
    """A configured spec as seen from here: paths in pyproject.toml are relative to it; a name stays a name."""
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


def _memory_budget(key: str, value: object, file: Path) -> int:
    return _size(key, value)


def _size(key: str, value: object) -> int:
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
    "memory-budget": _memory_budget,
}
"""What the table may hold, and what reads each key's value."""
