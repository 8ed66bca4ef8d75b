"""The lessons of the course, taken apart for the tests of their commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.command_line import CommandLine
from tools.make_docs import FILE, LESSONS, ROOT

COURSE = ROOT / "docs" / "course"
PARTS = ("Type", "Look at", "Mend", "Exercises")
EXERCISE = re.compile(
    r"```console\n\$ layerctl (?P<command>[^`]*)\n```\n\n"
    r"<details markdown=\"1\"><summary>Answer</summary>\n(?P<answer>.*?)</details>",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Exercise:
    """A command with `N` in the place of the answer.

    Attributes:
        right: the answer.
        wrong: likely mistakes, which must be refused.
    """

    command: str
    right: str
    wrong: tuple[str, ...]

    def answered(self, number: str) -> str:
        return re.sub(r"\bN\b", number, self.command)


@dataclass(frozen=True, slots=True)
class Lesson:
    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def parts(self) -> dict[str, str]:
        """The text below each heading."""
        pieces = re.split(r"^## (.*)\n", self.text, flags=re.MULTILINE)
        return dict(zip(pieces[1::2], pieces[2::2], strict=True))

    def files(self, part: str | None = None) -> list[tuple[str, str]]:
        """Names and contents of the files, in order; the mended spec comes after the wrong one, with the same name."""
        return FILE.findall(self.text if part is None else self.parts[part])

    def exercises(self) -> Iterator[Exercise]:
        for match in EXERCISE.finditer(self.parts["Exercises"]):
            right, *wrong = re.findall(r"`N=(\d+)`", match["answer"])
            yield Exercise(match["command"].replace("\\\n", ""), right, tuple(wrong))


ALL = tuple(Lesson(ROOT / name) for name in LESSONS)


def runner(cli: CommandLine) -> Callable[[str, str], str]:
    """Runs a command in a folder; what prints no mistake must have ended well."""

    def run(command: str, folder: str) -> str:
        result = replace(cli, folder=Path(folder))(*shlex.split(command), NO_COLOR="1")
        refused = re.search(r"^(error|warning)\[", result.out, re.MULTILINE) is not None
        assert result.status == int(refused), f"{command}: {result.err}"
        return result.out

    return run
