"""CONTRIBUTING.md is right: its steps are done in a copy of the project, and print what the page shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^(`{3,})(\w+)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"`((?:layerctl|tests|docs|tools)/[\w/]+[/.]\w*)`")
PROGRAMS = {
    "python": [sys.executable],
    "layerctl": [sys.executable, "-m", "layerctl"],
    "make": [sys.executable, "tools/make_docs.py"],
}
"""What a command line of the page begins with, and what runs here; `make` stands before `docs` alone."""


def section(title: str) -> str:
    (text,) = re.findall(rf"^## {title}\n(.*?)(?=^## (?!LC)|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return str(text)


def test_every_file_that_is_named_exists() -> None:
    planted = {"layerctl/lint/idle_pooling.py", "docs/diagnostics/LC599.md"}
    named = {name for name in PATH.findall(PAGE) if "/x.py" not in name} - planted
    assert "tests/judge/table.py" in named
    assert not [name for name in named if not (ROOT / name).exists()]


def test_the_lines_of_the_argument_are_those_of_the_layer() -> None:
    text = section("One argument of a layer")
    (name,) = (name for name in PATH.findall(text) if name.startswith("layerctl/catalog/layers/"))
    source = (ROOT / name).read_text(encoding="utf-8")
    blocks = [code for _, language, code in BLOCK.findall(text) if language == "python"]
    assert len(blocks) == 3
    assert not [code for code in blocks if code not in source]


class Copy:
    """A copy of the project for the page's steps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        unwanted = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "runs")
        shutil.copytree(ROOT, self.folder, ignore=unwanted, symlinks=True)

    def follow(self, page: str) -> int:
        """Writes each block of text into the file that the line before it names, and runs each command; returns how many ran."""
        ran = 0
        for match in BLOCK.finditer(page):
            _, language, text = match.groups()
            if language == "console":
                ran += sum(self.shows(shown) for shown in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:])
            else:
                name = PATH.findall(page[: match.start()])[-1]
                with open(self.folder / name, "a", encoding="utf-8") as file:
                    file.write(f"\n{text}" if language == "markdown" else text)
                if example := re.search(r"Example:\n +```yaml\n(.*?) +```", text, re.DOTALL):
                    lines = [line[8:] for line in example[1].splitlines()]
                    (self.folder / "idle.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return ran

    def shows(self, text: str) -> bool:
        """Runs a command, and asserts that it prints all lines below it, apart from numbers; False for `git`."""
        command, _, shown = text.partition("\n")
        program, *arguments = command.split()
        if program == "git":
            return False
        variables = {**os.environ, "PYTHONPATH": str(self.folder), "NO_COLOR": "1"}
        argv = [*PROGRAMS[program], *arguments]
        done = subprocess.run(argv, cwd=self.folder, env=variables, capture_output=True, text=True, check=False)
        printed = [numberless(line) for line in (done.stdout + done.stderr).splitlines()]
        missing = [line for line in shown.splitlines() if numberless(line) not in printed]
        assert not missing, f"$ {command}\n" + "\n".join(printed)
        return True


def numberless(line: str) -> str:
    return re.sub(r"(?<!LC)\b\d+(\.\d+)?", "0", line)


def test_the_rule_is_added_as_the_page_says(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    assert copy.follow(section("One rule")) == 4
    assert (copy.folder / "docs" / "diagnostics" / "LC599.md").is_file()


def test_a_step_that_is_wrong_is_noticed(tmp_path: Path) -> None:
    wrong = section("One rule").replace("`{op.name}` pools one value", "`{op.name}` pools two values")
    with pytest.raises(AssertionError, match="pools two values"):
        Copy(tmp_path).follow(wrong)
