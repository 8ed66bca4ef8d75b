"""The commands of the course that need a framework: each lesson from top to bottom, in one folder."""

from __future__ import annotations

import pytest

from tests.command_line import CommandLine
from tests.lessons import ALL, Lesson, runner
from tools import make_docs

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]


SHORT = " --limit 300 --epochs 1"
"""Added to comparisons: what is shown holds no figure that training decides."""


@pytest.mark.parametrize("lesson", ALL, ids=lambda lesson: lesson.path.stem)
def test_every_command_prints_what_is_shown(lesson: Lesson, cli: CommandLine) -> None:
    run = runner(cli)

    def shortened(command: str, folder: str) -> str:
        trains = command.startswith("compare ") and "--equivalence" not in command
        return run(command + SHORT * trains, folder)

    assert make_docs.with_output(lesson.text, shortened, framework=True) == lesson.text
