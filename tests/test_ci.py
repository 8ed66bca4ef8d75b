"""The pre-commit hook and the GitHub Action that other repositories use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.command_line import CommandLine

ROOT = Path(__file__).parent.parent
HOOKS = ROOT / ".pre-commit-hooks.yaml"
ACTION = ROOT / "action.yml"
CLEAN = "inputs: {x: [4]}\nlayers: [{Dense: 2}]\n"
WARNS = "vars: {width: 1}\n" + CLEAN
WRONG = "inputs: {x: [4]}\nlayers: [{Dens: 2}]\n"


@pytest.fixture(scope="module")
def hook() -> dict[str, Any]:
    (content,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


@pytest.fixture(scope="module")
def action() -> dict[str, Any]:
    content = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


class TestHook:
    def test_pre_commit_takes_it(self) -> None:
        clientlib = pytest.importorskip("pre_commit.clientlib")
        clientlib.load_manifest(HOOKS)

    def test_its_settings(self, hook: dict[str, Any]) -> None:
        assert (hook["id"], hook["entry"], hook["language"]) == ("layerctl-check", "layerctl check", "python")
        assert hook["pass_filenames"] is False, "a changed library is checked through the specs that include it"

    def test_it_reads_only_specs(self, cli: CommandLine, hook: dict[str, Any]) -> None:
        cli.write("specs/a.yaml", "include: [parts/lib.yaml]\n" + CLEAN)
        cli.write("specs/parts/lib.yaml", "blocks: {part: {layers: [{Dense: 2}]}}\n")
        cli.write(".github/workflows/ci.yml", "on: push\n")
        arguments = hook["entry"].split()[1:]
        assert cli(*arguments).status == 0
        cli.write("specs/b.yaml", WRONG)
        assert cli(*arguments).status == 1


def expression(text: str) -> bool:
    return "${{" in text


class TestAction:
    def test_the_published_schema(self, action: dict[str, Any]) -> None:
        package = pytest.importorskip("check_jsonschema")
        file = resources.files(package) / "builtin_schemas" / "vendor" / "github-actions.json"
        jsonschema.Draft7Validator(json.loads(file.read_text(encoding="utf-8"))).validate(action)

    def test_every_input_is_used_and_every_used_one_exists(self, action: dict[str, Any]) -> None:
        text = yaml.safe_dump(action["runs"])
        assert all(f"${{{{ inputs.{name} }}}}" in text for name in action["inputs"])
        assert text.count("inputs.") == len(action["inputs"])

    def test_no_script_holds_an_input(self, action: dict[str, Any]) -> None:
        assert not any(expression(step.get("run", "")) for step in action["runs"]["steps"])

    def test_it_installs_the_version_that_is_asked_for(self, action: dict[str, Any], tmp_path: Path) -> None:
        temporary = tmp_path / "runner"
        program(tmp_path / "python", 'mkdir -p "$3/bin" && ln -s "$SHOW" "$3/bin/python"')
        show = program(tmp_path / "show", 'echo "${@: -1}"')
        environment = {
            "PYTHON": str(tmp_path / "python"),
            "SHOW": str(show),
            "RUNNER_TEMP": str(temporary),
            "SOURCE": "/the action",
        }
        (step,) = [step for step in action["runs"]["steps"] if "SOURCE" in step.get("env", {})]
        for version, wanted in (("", "/the action"), ("1.2.3", "layerctl==1.2.3")):
            shutil.rmtree(temporary, ignore_errors=True)
            done = bash(step, tmp_path, environment | {"VERSION": version})
            assert (done.returncode, done.stdout.strip()) == (0, wanted), done.stderr


def program(path: Path, line: str) -> Path:
    """A program that is one line of shell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/usr/bin/env bash\n{line}\n")
    path.chmod(0o755)
    return path


def bash(step: dict[str, Any], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A step's script as GitHub's runner runs it; each of the step's own variables must be given."""
    assert step["shell"] == "bash"
    assert step["env"].keys() <= environment.keys()
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    path = {"PATH": os.environ["PATH"]}
    return subprocess.run(command, cwd=folder, env=path | environment, capture_output=True, text=True, timeout=60, check=False)


class TestActionRuns:
    """The step that checks, with this environment in place of the installed one."""

    def run(self, action: dict[str, Any], folder: Path, at: str = ".", **inputs: str) -> subprocess.CompletedProcess[str]:
        temporary = folder.parent / f"{folder.name}-runner"
        program(temporary / "layerctl" / "bin" / "layerctl", f'PYTHONPATH={ROOT} exec {sys.executable} -m layerctl "$@"')
        step = action["runs"]["steps"][-1]
        given = {name: str(entry["default"]) for name, entry in action["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        environment = {name: given[text.split(".")[1].rstrip(" }")] for name, text in step["env"].items()}
        environment |= {"RUNNER_TEMP": str(temporary), "GITHUB_WORKSPACE": str(folder)}
        return bash(step, folder / at, environment)

    def test_a_mistake_is_marked(self, action: dict[str, Any], cli: CommandLine) -> None:
        cli.write("specs/a.yaml", WRONG)
        done = self.run(action, cli.folder)
        assert done.returncode == 1
        assert done.stdout.startswith("::error file=specs/a.yaml,line=2,")

    def test_clean(self, action: dict[str, Any], cli: CommandLine) -> None:
        cli.write("specs/a.yaml", CLEAN)
        done = self.run(action, cli.folder)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_warnings(self, action: dict[str, Any], cli: CommandLine) -> None:
        cli.write("specs/a.yaml", WARNS)
        done = self.run(action, cli.folder)
        assert done.returncode == 0
        assert done.stdout.startswith("::warning ")
        assert self.run(action, cli.folder, strict="true").returncode == 1
        assert self.run(action, cli.folder, strict="true", ignore="LC5, LC6").returncode == 0
        assert self.run(action, cli.folder, strict="true", select="LC4").returncode == 0
        assert self.run(action, cli.folder, strict="maybe").returncode == 2

    def test_paths(self, action: dict[str, Any], cli: CommandLine) -> None:
        cli.write("one two.yaml", WRONG)
        cli.write("-b.yaml", WRONG)
        cli.write("specs/c.yaml", WRONG)
        done = self.run(action, cli.folder, paths="one two.yaml\n  -b.yaml\n\n")
        assert done.returncode == 1
        assert [line.split(",")[0] for line in done.stdout.splitlines()] == ["::error file=one two.yaml", "::error file=-b.yaml"]

    def test_another_directory(self, action: dict[str, Any], cli: CommandLine) -> None:
        cli.write("models/specs/a.yaml", WRONG)
        done = self.run(action, cli.folder, at="models")
        assert done.stdout.startswith("::error file=models/specs/a.yaml,")

    def test_inputs_are_no_commands(self, action: dict[str, Any], cli: CommandLine) -> None:
        cli.write("a.yaml", CLEAN)
        attack = '$(touch bad); `touch bad`"; touch bad; "'
        for name in ("paths", "select", "ignore", "strict"):
            assert self.run(action, cli.folder, **{name: attack}).returncode == 2
        assert not (cli.folder / "bad").exists()
