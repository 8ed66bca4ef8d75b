"""The configuration: `[tool.layerctl]` of a project's pyproject.toml, which options of the command line override."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from layerctl.base.printable import shortened
from layerctl.diagnostics.errors import UsageError
from layerctl.language.expand.settings import MAX_LAYERS, Settings

if TYPE_CHECKING:
    from pathlib import Path

TOOL = ("tool", "layerctl")
TABLE = rb"(?m)tool[\"']?\s*\.\s*[\"']?layerctl|^[ \t]*\[\s*[\"']?tool[\"']?\s*\]|^[ \t]*[\"']?tool[\"']?\s*=|\\[uUxX]|\0"
"""Matches every file that can have that table: its name, a table `tool`, letters as escapes, or text that is not UTF-8."""
BOM = b"\xef\xbb\xbf"
LARGEST = 2**63 - 1
"""Of a number of layers or of bytes."""
DIGITS = 4300
"""Of a decimal integer that Python reads."""
LONGEST = 60
"""Characters of a name or a value in a message."""


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
        return _place(self.file, (*TOOL, key))


def configuration() -> Configuration:
    """The table `[tool.layerctl]` of the nearest pyproject.toml; empty where there is none.

    Raises:
        UsageError: the file cannot be read, or has an unknown key or a wrong value.
    """
    try:
        folder, below = os.getcwd(), ""
    except OSError:
        return Configuration()  # the current directory is gone
    while folder != below:
        file = os.path.join(folder, "pyproject.toml")
        if os.path.lexists(file):
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
    data = _bytes(name)
    if not re.search(TABLE, data):
        return Configuration()  # without the cost of loading a TOML parser, or pathlib
    document = _parsed(name, data)
    tool = document.get("tool", {})
    table = tool.get("layerctl", {}) if isinstance(tool, dict) else None
    if not isinstance(table, dict):
        keys = TOOL if table is not None else TOOL[:1]
        help = 'write `[tool.layerctl]`, and below it `spec = "cnn"`'
        raise UsageError(f"{_place(name, keys)}: `{'.'.join(keys)}` is no table", help)
    from pathlib import Path

    file = Path(name)
    values: dict[str, Any] = {}
    for key, value in table.items():
        try:
            if key not in KEYS:
                raise _unknown(key)
            values[key.replace("-", "_")] = KEYS[key](key, value, file)
        except UsageError as error:
            raise UsageError(f"{_place(name, (*TOOL, key))}: {error.message}", error.help) from None
    return Configuration(**values, file=name)


def _bytes(name: str) -> bytes:
    """The content of the file, without the mark that editors on Windows begin it with."""
    from layerctl.base import reading

    try:
        return reading.whole(name, reading.TEXTS).removeprefix(BOM)
    except OSError as error:
        help = reading.advice(error, "it is looked for in the current directory and in those above")
        raise UsageError(f"cannot read {os.path.relpath(name)}: {reading.reason(error)}", help) from None


def _parsed(name: str, data: bytes) -> dict[str, Any]:
    """The document.

    Raises:
        UsageError: it is no TOML.
    """
    import tomllib

    from layerctl.base import toml_places

    def refused(at: int, problem: str) -> UsageError:
        return _no_toml(_at(name, text, at), problem)

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = data[: error.start].decode("utf-8")
        raise refused(error.start, "it is not UTF-8 text") from None
    if (deep := toml_places.too_deep(text)) is not None:
        raise refused(deep, f"it nests more than {toml_places.MOST_NESTED} deep")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, _, at = str(error)[:-1].rpartition(" (at ")
        numbers = re.findall("[0-9]+", at)  # `line 3, column 1`, or `end of document`
        place = ":".join((os.path.relpath(name), *numbers)) if numbers else _at(name, text, len(text))
        raise _no_toml(place, problem[:1].lower() + problem[1:]) from None
    except ValueError:  # of Python's own reader of numbers
        raise refused(toml_places.long_number(text, DIGITS) or 0, f"a number has more than {DIGITS} digits") from None


def _no_toml(place: str, problem: str) -> UsageError:
    return UsageError(f"{place}: it is no TOML: {problem}", "correct the file; https://toml.io describes how it is written")


def _place(file: str, key: tuple[str, ...]) -> str:
    """The place of a key, with those of the tables that it is in; or the file alone where the place is unknown."""
    from layerctl.base import toml_places

    text = _bytes(file).decode("utf-8")
    at = toml_places.places(text).get(key)
    return os.path.relpath(file) if at is None else _at(file, text, at)


def _at(file: str, text: str, offset: int) -> str:
    """`pyproject.toml:3:1`."""
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    return f"{os.path.relpath(file)}:{line}:{column}"


def _unknown(key: str) -> UsageError:
    from layerctl.diagnostics import suggestion

    return UsageError(f"[tool.layerctl] has no key `{shortened(key, LONGEST)}`", suggestion(key, KEYS))


def _wrong(key: str, wanted: str, example: str) -> UsageError:
    return UsageError(f"`{key}` in [tool.layerctl] takes {wanted}", f"write `{key} = {example}`")


def _codes(key: str, value: object, file: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(code, str) and code for code in value):
        raise _wrong(key, "a list of codes", '["LC503"]')
    return tuple(dict.fromkeys(value))


def _strict(key: str, value: object, file: Path) -> bool:
    if not isinstance(value, bool):
        raise _wrong(key, "true or false", "true")
    return value


def _spec(key: str, value: object, file: Path) -> str:
    """The configured spec: a path, which is relative to pyproject.toml, made relative to the current directory; or a name."""
    if not isinstance(value, str):
        raise _wrong(key, "a path or a name", '"specs/cnn.yaml"')
    inside = os.path.join(file.parent, value)
    return os.path.relpath(inside) if os.path.isfile(inside) else value


def _max_layers(key: str, value: object, file: Path) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LARGEST:
        raise _wrong(key, "a positive integer", str(MAX_LAYERS))
    return value


def _include_root(key: str, value: object, file: Path) -> str:
    if not isinstance(value, str) or not os.path.isdir(inside := os.path.join(file.parent, value)):
        raise _wrong(key, "a directory, relative to pyproject.toml", '"."')
    return os.path.relpath(inside)


def _size(key: str, value: object, file: Path | None = None) -> int:
    from layerctl.language.spec.expect import amount

    try:
        if (size := amount(value)) <= LARGEST:
            return size
    except ValueError:
        pass
    got = f"; got {shortened(repr(value), LONGEST)}" if isinstance(value, str) else ""
    raise UsageError(f"`{key}` takes a size in bytes such as 8GiB or 300MiB{got}")


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
