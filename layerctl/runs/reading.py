"""The one reader of a run's files: each is judged before it is read, and whatever is wrong with it becomes one diagnostic."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from layerctl.base import reading
from layerctl.base.package import __version__
from layerctl.base.printable import printable, shortened
from layerctl.base.source import Source, Span
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.errors import LayerctlError, SpecError
from layerctl.runs._codes import DamagedRun

RECORDS = reading.Limit(reading.TEXTS.setting, 4 * 1024**2)
"""Of a record: a list of runs reads those of all."""
LONGEST = 200
"""Characters of another program's message, or of a key."""

Content = TypeVar("Content", bound=BaseModel)


class Damaged(SpecError):
    """A file of a run that cannot be used.

    Attributes:
        path: of the file.
        problem: what is wrong with it, as the rest of a sentence that begins with its name.
        version: whether it is whole, but of another version.
    """

    def __init__(self, path: Path, problem: str, help: str, *, version: bool = False) -> None:
        place = Span(Source(printable(path.as_posix()), ""), 0, 0)
        super().__init__((Diagnostic(DamagedRun, place, printable(f"{path} {problem}"), "", printable(help)),))
        self.path = path
        self.problem = printable(problem)
        self.version = version


def anew(run: Path, spec: str = "resolved.yaml") -> str:
    """Advice for a run that is lost."""
    return f"train anew: `layerctl train {(run / spec).as_posix()}`"


def whole(path: Path, help: str, limit: reading.Limit = reading.TEXTS) -> bytes:
    """The content of a file; `help` says what to do where it cannot be read.

    Raises:
        Damaged: it is missing, no regular file, or too large.
    """
    with reported(path, help):
        return reading.whole(path, limit)


def parsed(path: Path, model: type[Content], help: str, limit: reading.Limit = reading.TEXTS) -> Content:
    """The content of a JSON file as a value of this type.

    Raises:
        Damaged: it cannot be read, is no JSON, or does not say what it should.
    """
    return valid(path, whole(path, help, limit), model, help)


def valid(path: Path, text: bytes, model: type[Content], help: str) -> Content:
    """JSON text of a file as a value of this type; errors as of `parsed`."""
    try:
        return model.model_validate(from_json(text))  # by way of Python's values: errors of JSON text copy their inputs
    except ValidationError as error:
        problem, version = _problem(error)
        raise Damaged(path, problem, help, version=version) from None
    except ValueError as error:
        raise Damaged(path, f"is no JSON: {_cut(str(error))}", help) from None


@contextmanager
def reported(path: Path, help: str) -> Iterator[None]:
    """Turns whatever a library raises for a file into the diagnostic: for a damaged file that can be anything.

    Raises:
        Damaged: the file cannot be read.
    """
    try:
        yield
    except LayerctlError:
        raise
    except OSError as error:
        advice = f"{error.help}, or {help}" if isinstance(error, reading.Refused) else help
        raise Damaged(path, f"cannot be read: {_cut(reading.reason(error))}", advice) from error
    except Exception as error:
        raise Damaged(path, f"cannot be read: {_reason(error)}", help) from error


def check_archive(archive: zipfile.ZipFile, size: int) -> None:
    """Checks that an archive is as layerctl and Keras write it: plain members that together take no more than its own bytes.

    Raises:
        ValueError: it is not, or a checksum is wrong.
    """
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise ValueError("it is encrypted")
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise ValueError("it is compressed, as no saved model is")
    if sum(member.file_size for member in members) > size:
        raise ValueError("its members are larger than itself")
    if (member := archive.testzip()) is not None:
        raise ValueError(f"the checksum of its member `{member}` is wrong")


def _problem(error: ValidationError) -> tuple[str, bool]:
    """What is wrong with a content, and whether that is its version alone."""
    errors = error.errors(include_url=False)
    of_version = next((one for one in errors if one["loc"] == ("version",)), None)
    if of_version is not None and of_version["type"] == "literal_error":
        return f"is of version {_cut(repr(of_version['input']))}, which layerctl {__version__} does not read", True
    first = of_version or errors[0]
    why = first["msg"].removeprefix("Value error, ")
    if first["loc"]:
        key = _cut(".".join(map(str, first["loc"])))
        return f"does not say `{key}` as it should: {_cut(why[:1].lower() + why[1:])}", first is of_version
    return "holds no JSON object" if first["type"] == "model_type" else f"is damaged: {_cut(why)}", False


def _reason(error: Exception) -> str:
    """The first line of a message that says something; Keras's begins with how many objects it is about."""
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [type(error).__name__]
    return _cut(lines[1] if lines[0].startswith("A total of") and len(lines) > 1 else lines[0])


def _cut(text: str) -> str:
    return shortened(text, LONGEST)
