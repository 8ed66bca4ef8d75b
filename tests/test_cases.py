"""The cases of tests/cases/: each spec gives exactly the mistakes that it announces."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from layerctl.compiler.every_code import all_codes
from tests import markdown_cases
from tests.markdown_cases import Case

CASES = [case for file in markdown_cases.files() for case in markdown_cases.cases(file)]
ROOT = Path(__file__).resolve().parent.parent
FAMILIES = ("LC1", "LC2", "LC3", "LC4", "LC5", "LC7")
"""The families whose mistakes show in a spec alone; those of training also depend on data."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file.stem}: {case.title}")
def test_case(case: Case) -> None:
    problems = markdown_cases.problems(case)
    assert not problems, "\n".join(problems)


def test_every_code_has_a_case() -> None:
    shown = {expected.code for case in CASES for expected in case.expected}
    late = (
        "layerctl.compiler._codes",
        "layerctl.analysis.data._codes",
        "layerctl.runtime.codes",
    )  # mistakes that a check alone does not report
    static = [code for code, cls in all_codes().items() if code.startswith(FAMILIES) and cls.__module__ not in late]
    missing = [code for code in static if code not in shown]
    assert not missing, f"no case shows {', '.join(missing)}"


def test_every_announced_code_exists() -> None:
    unknown = {expected.code for case in CASES for expected in case.expected} - set(all_codes())
    assert not unknown


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file.stem}: {case.title}")
def test_every_mistake_has_help(case: Case) -> None:
    without = [f"{diagnostic.code.id} {diagnostic.message}" for diagnostic in case.compile().diagnostics if not diagnostic.help]
    assert not without, "\n".join(without)


def test_the_words_are_the_same_in_every_process() -> None:
    """Python orders a set of texts by a random number of the process; no message and no order of messages depends on it."""
    command = [sys.executable, "-m", "tests.said"]
    environments = [os.environ | {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"} for seed in ("1", "2")]
    first, second = (
        subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=True).stdout.decode().splitlines()
        for environment in environments
    )
    assert len(first) > len(CASES)
    assert first == second


def test_the_runner_can_fail(tmp_path: Path) -> None:
    """A mistake that is not announced, or announced wrongly (line, column, severity, words, output), is a problem."""
    file = tmp_path / "planted.md"
    spec = "inputs: {x: [4]}\nlayers:\n  - Dens: 3"
    for text in (
        f"# t\n```yaml\n{spec}\n```",
        f'# t\n```yaml\n{spec}  # error: LC202 "other words"\n```',
        f'# t\n```yaml\n# error: LC202 "no layer"\n{spec}\n```',
        f'# t\n```yaml\n{spec}  # error: LC202@1 "no layer"\n```',
        f'# t\n```yaml\n{spec}  # warning: LC202 "no layer"\n```',
        f'# t\n```yaml\n{spec}  # error: LC202 "no layer" # error: LC212\n```',
        f'# t\n```yaml\n{spec}  # error: LC202 "no layer"\n```\n```output\nother\n```',
    ):
        file.write_text(text, encoding="utf-8")
        (case,) = markdown_cases.cases(file)
        assert markdown_cases.problems(case), text
    file.write_text(f'# t\n```yaml\n{spec}  # error: LC202@5 "no layer `Dens`"\n```', encoding="utf-8")
    (case,) = markdown_cases.cases(file)
    assert not markdown_cases.problems(case)
