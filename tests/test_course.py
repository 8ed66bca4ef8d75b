"""The course says what is so: output, wrong specs and their mending, exercises and their answers."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise

import pytest

from tests.command_line import CommandLine
from tests.lessons import ALL, COURSE, PARTS, Lesson, runner
from tools import make_docs

lessons = pytest.mark.parametrize("lesson", ALL, ids=lambda lesson: lesson.path.stem)


def test_there_are_eight_lessons_and_the_index_lists_them() -> None:
    index = (COURSE / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((\d[^)]*)\)", index) == [lesson.path.name for lesson in ALL]
    assert len(ALL) == 8
    for lesson, following in pairwise(ALL):
        assert lesson.text.rstrip().endswith(f"({following.path.name})")


@lessons
def test_what_is_shown_is_printed(lesson: Lesson, cli: CommandLine) -> None:
    assert tuple(lesson.parts) == PARTS
    assert make_docs.with_output(lesson.text, runner(cli)) == lesson.text, "run `make docs`"


@lessons
def test_specs_are_the_files_beside(lesson: Lesson) -> None:
    shown = dict(lesson.files())
    named = {name for name in re.findall(r"\w+\.yaml", lesson.text) if name != "wrong.yaml"}
    assert named
    for name in named:
        assert (COURSE / name).is_file(), f"{lesson.path.name} names {name}"
        assert shown.get(name) in (None, (COURSE / name).read_text(encoding="utf-8")), name


def test_every_spec_is_shown() -> None:
    shown = {name for lesson in ALL for name, _ in lesson.files()}
    assert {path.name for path in COURSE.glob("*.yaml")} == shown - {"wrong.yaml"}


def test_every_spec_beside_a_lesson_is_clean(cli: CommandLine) -> None:
    result = cli("check", COURSE, "--strict")
    assert result.status == 0, result.out


@lessons
def test_the_wrong_spec_is_refused_and_the_mended_one_passes(lesson: Lesson, cli: CommandLine) -> None:
    (name, wrong), (other, mended) = lesson.files("Mend")
    assert name == other == "wrong.yaml"
    (shown,) = [match for match in make_docs.OUTPUT.finditer(lesson.parts["Mend"]) if match["command"].startswith("check")]
    (code,) = re.findall(r"\[(LC\d+)\]", shown["shown"])
    cli.write(name, wrong)
    refused = cli(*shlex.split(shown["command"]))
    assert refused.status == 1
    assert f"[{code}]" in refused.out
    assert f"`layerctl explain {code}`" in lesson.parts["Mend"]
    assert cli("explain", code).out.startswith(code)
    cli.write(name, mended)
    assert cli(*shlex.split(shown["command"])).out == "1 spec checked, no mistakes\n"


@lessons
def test_exercises_tell_right_answers_from_wrong_ones(lesson: Lesson, cli: CommandLine) -> None:
    exercises = list(lesson.exercises())
    assert len(exercises) == lesson.text.count("<summary>Answer</summary>") >= 2
    for path in COURSE.glob("*.yaml"):
        cli.write(path.name, path.read_bytes())
    for name, text in lesson.files():
        cli.write(name, text)
    for exercise in exercises:
        right = cli(*shlex.split(exercise.answered(exercise.right)))
        assert (right.status, right.out) == (0, "1 spec checked, no mistakes\n"), exercise
        assert exercise.wrong, exercise
        for number in exercise.wrong:
            wrong = cli(*shlex.split(exercise.answered(number)))
            assert wrong.status == 1, exercise
            assert re.match(r"error\[LC[47]", wrong.out), wrong.out


@lessons
def test_every_command_is_run_by_a_test(lesson: Lesson) -> None:
    """Those in blocks are, with their output or as an exercise; those within the text are `explain`, or `init` at the end."""
    blocks = len(make_docs.OUTPUT.findall(lesson.text)) + len(list(lesson.exercises()))
    assert lesson.text.count("```console") == blocks
    in_text = re.findall(r"`layerctl ([^`]+)`", lesson.text)
    assert all(command == "init" or re.fullmatch(r"explain LC\d+", command) for command in in_text)


@lessons
def test_figures_that_training_decides_are_not_shown(lesson: Lesson) -> None:
    for block in make_docs.OUTPUT.finditer(lesson.text):
        if block["kind"] == "needs a framework":
            assert "…" in block["shown"], block["command"]
            assert not re.search(r"\d\.\d", block["shown"]), block["command"]


@pytest.mark.parametrize(
    ("kind", "shown", "kept"),
    [
        ("in part", "…b…\n", True),
        ("in part", "a b…\n", True),
        ("in part", "b…\n", False),
        ("in part", "a b\n", False),
        ("generated", "a b c\n", True),
        ("generated", "a … c\n", False),
        ("needs a framework", "anything\n", True),
    ],
)
def test_a_form_is_kept_if_it_fits(kind: str, shown: str, kept: bool) -> None:
    page = f"<!-- {kind} -->\n```console\n$ layerctl x\n{shown}```"
    printed = page if kept else page.replace(shown, "a b c\n")
    assert make_docs.with_output(page, lambda command, folder: "a b c\n") == printed


def test_commands_that_need_a_framework_are_held_too() -> None:
    page = "<!-- needs a framework -->\n```console\n$ layerctl x\nold\n```"
    assert "new" in make_docs.with_output(page, lambda command, folder: "new\n", framework=True)
