"""The command line as scripts use it: exit statuses, streams, machine output, how names are looked up."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import layerctl
from layerctl.base.source import Span
from layerctl.compiler.locate import packaged_names
from layerctl.diagnostics.machine import pieces
from tests.command_line import CommandLine

GOOD = "inputs: {x: [4]}\nlayers:\n  - Dense: {units: 8, activation: relu}\n  - Dense: 2\n"
BAD = "inputs: {x: [4]}\nlayers:\n  - Dens: 8\n  - Dense: {units: 2, activatoin: relu}\n"
DEEP = "inputs: {image: [8, 8, 1]}\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3}\n  - Conv2D: {filters: 4, kernel_size: 9}\n"
ROOT = Path(__file__).parent.parent


class TestExitStatus:
    def test_clean(self, cli: CommandLine) -> None:
        cli.write("good.yaml", GOOD)
        result = cli("check", "good.yaml")
        assert (result.status, result.err) == (0, "")
        assert result.out == "1 spec checked, no mistakes\n"

    def test_errors(self, cli: CommandLine) -> None:
        cli.write("bad.yaml", BAD)
        result = cli("check", "bad.yaml")
        assert (result.status, result.err) == (1, "")
        assert "LC202" in result.out
        assert "LC201" in result.out
        assert result.out.endswith("1 spec checked: 2 errors\n")

    @pytest.mark.parametrize(
        "arguments",
        [
            ("check", "--no-such-flag"),
            ("check", "--format", "xml", "good.yaml"),
            ("check", "missing.yaml"),
            ("summary", "missing"),
            ("summary", "good.yaml", "other"),
            ("summary", "good.yaml", "--batch-size", "0"),
            ("nonsense",),
            ("layers", "Dens"),
            ("explain", "LC999"),
            ("init", "good"),
            ("build", "good.yaml", "-o", "model.txt"),
        ],
        ids=" ".join,
    )
    def test_wrong_usage(self, cli: CommandLine, arguments: tuple[str, ...]) -> None:
        cli.write("good.yaml", GOOD)
        result = cli(*arguments)
        assert (result.status, result.out) == (2, "")
        assert result.err

    def test_a_bug_of_ours(self, cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        cli.write("good.yaml", GOOD)

        def broken(*args: Any, **kwargs: Any) -> None:
            raise ZeroDivisionError("planted")

        monkeypatch.setattr("layerctl.api.check.compile_bytes", broken)
        result = cli("check", "good.yaml")
        assert result.status == 3
        assert "ZeroDivisionError: planted" in result.err
        assert "report" in result.err

    @pytest.mark.parametrize("format", ["json", "sarif"])
    def test_a_bug_amid_a_report(self, cli: CommandLine, monkeypatch: pytest.MonkeyPatch, format: str) -> None:
        """No part of a document is printed."""
        cli.write("bad.yaml", "inputs: {x: [4]}\nlayers: [Dens, Dens, Dens]\n")
        places: list[Span] = []

        def broken(self: Span) -> Any:
            places.append(self)
            if len(places) > 1:
                raise ZeroDivisionError("planted")
            return original.fget(self)

        original: Any = Span.finish
        monkeypatch.setattr(Span, "finish", property(broken))
        result = cli("check", "bad.yaml", "--format", format)
        assert (result.status, result.out) == (3, "")
        assert "planted" in result.err

    def test_a_bug_with_debug_shows_where(self, cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        cli.write("good.yaml", GOOD)

        def broken(*args: Any, **kwargs: Any) -> None:
            raise ZeroDivisionError("planted")

        monkeypatch.setattr("layerctl.api.check.compile_bytes", broken)
        with pytest.raises(ZeroDivisionError):
            cli("check", "good.yaml", "--debug")

    def test_interrupted(self, cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        cli.write("good.yaml", GOOD)

        def interrupt(*args: Any, **kwargs: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("layerctl.api.check.compile_bytes", interrupt)
        assert cli("check", "good.yaml").status == 130
        assert cli("check", "good.yaml", "--strict").status == 130


class TestCheck:
    def test_a_missing_file_does_not_hide_the_others(self, cli: CommandLine) -> None:
        cli.write("good.yaml", GOOD)
        cli.write("bad.yaml", BAD)
        result = cli("check", "good.yaml", "missing.yaml", "bad.yaml")
        assert result.status == 2
        assert "missing.yaml" in result.err
        assert "LC202" in result.out
        assert "2 specs checked" in result.out

    def test_a_missing_file_suggests_a_name(self, cli: CommandLine) -> None:
        cli.write("specs/resnet.yaml", GOOD)
        result = cli("check", "resnt")
        assert result.status == 2
        assert "did you mean `resnet`?" in result.err

    def test_invalid_utf8_and_broken_yaml_do_not_hide_the_others(self, cli: CommandLine) -> None:
        cli.write("a.yaml", b"name: \xff\nlayers: []\n")
        cli.write("b.yaml", "layers: [\n")
        cli.write("c.yaml", BAD)
        cli.write("d.yaml", GOOD)
        result = cli("check", "a.yaml", "b.yaml", "c.yaml", "d.yaml", "--format", "json")
        assert result.status == 1
        assert [file["ok"] for file in result.data["files"]] == [False, False, False, True]
        codes = [[diagnostic["code"] for diagnostic in file["diagnostics"]] for file in result.data["files"]]
        assert codes == [["LC104"], ["LC101"], ["LC202", "LC201"], []]

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads every file")
    def test_an_unreadable_file_does_not_hide_the_others(self, cli: CommandLine) -> None:
        cli.write("closed.yaml", GOOD).chmod(0)
        cli.write("bad.yaml", BAD)
        result = cli("check", "closed.yaml", "bad.yaml")
        assert result.status == 2
        assert "permission denied" in result.err
        assert "LC202" in result.out

    def test_a_directory(self, cli: CommandLine) -> None:
        """Specs only: a top-level `layers` key, or a line that begins so in a file that cannot be parsed."""
        cli.write("models/b.yml", GOOD)
        cli.write("models/deep/a.yaml", BAD)
        cli.write("models/other.yaml", "services: {web: {layers: 3}}\n")
        cli.write("models/broken.yaml", "layers:\n  - Dense: {units: 3\n")
        cli.write("models/broken-other.yaml", "services: {\n")
        cli.write("models/flow.yaml", "{inputs: {x: [4]}, layers: [Flatten]}\n")
        cli.write("models/notes.txt", BAD)
        cli.write("models/.hidden/c.yaml", BAD)
        result = cli("check", "models", "--format", "json")
        names = [file["path"] for file in result.data["files"]]
        assert sorted(names) == ["models/b.yml", "models/broken.yaml", "models/deep/a.yaml", "models/flow.yaml"]
        assert names == [file["path"] for file in cli("check", "models", "--format", "json").data["files"]]
        assert result.status == 1

    def test_a_named_file_is_always_reported(self, cli: CommandLine) -> None:
        cli.write("other.yaml", "services: {web: 3}\n")
        result = cli("check", "other.yaml", "--format", "json")
        assert result.status == 1
        assert result.data["summary"]["files"] == 1

    def test_a_directory_without_specs(self, cli: CommandLine) -> None:
        cli.write("empty/notes.yaml", "a: 1\n")
        result = cli("check", "empty")
        assert (result.status, result.out) == (2, "")
        assert "there are no specs in empty" in result.err
        assert "layerctl init" in result.err

    def test_without_arguments(self, cli: CommandLine) -> None:
        cli.write("here.yaml", GOOD)
        assert [file["path"] for file in cli("check", "--format", "json").data["files"]] == ["here.yaml"]
        cli.write("specs/there.yaml", GOOD)
        assert [file["path"] for file in cli("check", "--format", "json").data["files"]] == ["specs/there.yaml"]

    def test_a_file_named_twice_is_checked_once(self, cli: CommandLine) -> None:
        cli.write("specs/a.yaml", GOOD)
        assert cli("check", "specs", "specs/a.yaml", "--format", "json").data["summary"]["files"] == 1

    def test_stdin(self, cli: CommandLine) -> None:
        assert cli("check", "-", stdin=GOOD.encode()).status == 0
        result = cli("check", "-", stdin=BAD.encode())
        assert result.status == 1
        assert "<stdin>:3:5" in result.out
        assert cli("check", "-", stdin=b"\xff\xfe").status == 1

    def test_set(self, cli: CommandLine) -> None:
        cli.write("model.yaml", "vars: {width: 8}\ninputs: {x: [4]}\nlayers:\n  - Dense: $width\nexpect: {params: 40}\n")
        assert cli("check", "model").status == 0
        result = cli("check", "model", "--set", "vars.width=16")
        assert result.status == 1
        assert "LC701" in result.out
        assert cli("check", "model", "--set", "vars.width=16", "--set", "expect.params=80").status == 0
        result = cli("check", "model", "--set", "vars.width=wide")
        assert result.status == 1
        assert "LC204" in result.out

    def test_strict_fails_on_warnings(self, cli: CommandLine) -> None:
        cli.write("model.yaml", "inputs: {x: [4]}\nlayers:\n  - Dense: 2\n")
        assert cli("check", "model", "--strict").status == 0

    def test_concise(self, cli: CommandLine) -> None:
        cli.write("bad.yaml", BAD)
        result = cli("check", "bad.yaml", "--format", "concise")
        first, second, last = result.out.splitlines()
        assert first.startswith("bad.yaml:3:5: ")
        assert "LC202" in first
        assert second.startswith("bad.yaml:4:23: ")
        assert last == "1 spec checked: 2 errors"

    def test_output_file(self, cli: CommandLine) -> None:
        cli.write("bad.yaml", BAD)
        shown = cli("check", "bad.yaml", "--format", "json")
        result = cli("check", "bad.yaml", "--format", "json", "--output-file", "report.json")
        assert (result.status, result.out) == (1, "")
        assert (cli.folder / "report.json").read_text(encoding="utf-8") == shown.out
        result = cli("check", "bad.yaml", "--output-file", "report.txt", FORCE_COLOR="1")
        assert "\x1b" not in (cli.folder / "report.txt").read_text(encoding="utf-8")
        assert sorted(path.name for path in cli.folder.iterdir()) == ["bad.yaml", "report.json", "report.txt"]

    def test_output_file_that_cannot_be_written(self, cli: CommandLine) -> None:
        cli.write("good.yaml", GOOD)
        result = cli("check", "good.yaml", "--output-file", "no/such/folder/report.json")
        assert result.status == 2
        assert "no/such/folder/report.json" in result.err

    def test_colour(self, cli: CommandLine) -> None:
        cli.write("bad.yaml", BAD)
        plain = cli("check", "bad.yaml").out
        assert "\x1b" not in plain
        coloured = cli("check", "bad.yaml", FORCE_COLOR="1").out
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain != coloured
        assert cli("check", "bad.yaml", NO_COLOR="1", FORCE_COLOR="1").out == plain
        assert "\x1b" not in cli("check", "bad.yaml", "--format", "json", FORCE_COLOR="1").out

    def test_the_packaged_specs_are_clean(self, cli: CommandLine) -> None:
        result = cli("check", *packaged_names(), "--strict", "--format", "json")
        assert result.status == 0, result.out
        assert result.data["summary"] == {"files": len(packaged_names()), "errors": 0, "warnings": 0}


class TestMachineOutput:
    """The contract for programs, field by field."""

    def test_check(self, cli: CommandLine) -> None:
        cli.write("deep.yaml", DEEP)
        cli.write("good.yaml", "name: classifier\n" + GOOD)
        result = cli("check", "deep.yaml", "good.yaml", "--format", "json")
        assert set(result.data) == {"version", "files", "summary"}
        assert result.data["version"] == 1
        assert result.data["summary"] == {"files": 2, "errors": 1, "warnings": 0}
        deep, good = result.data["files"]
        assert good == {"path": "good.yaml", "model": "classifier", "ok": True, "diagnostics": []}
        assert (deep["path"], deep["model"], deep["ok"]) == ("deep.yaml", "deep", False)
        (diagnostic,) = deep["diagnostics"]
        assert {"code", "name", "severity", "message", "help", "span", "related"} <= set(diagnostic)
        assert (diagnostic["code"], diagnostic["name"], diagnostic["severity"]) == ("LC402", "kernel-does-not-fit", "error")
        assert diagnostic["message"] == "kernel (9, 9) does not fit in an input of (6, 6)"
        assert "padding: same" in diagnostic["help"]
        assert diagnostic["span"] == {"start": {"line": 4, "column": 5}, "end": {"line": 4, "column": 11}}
        (related,) = diagnostic["related"]
        assert related["path"] == "deep.yaml"
        assert related["span"] == {"start": {"line": 3, "column": 5}, "end": {"line": 3, "column": 11}}
        assert "(batch, 6, 6, 4)" in related["message"]

    def test_columns_count_characters(self, cli: CommandLine) -> None:
        cli.write("wide.yaml", 'inputs: {x: [4]}\nlayers:\n  - {Dense: 3, name: "größe 🙂", input: x}\n')
        result = cli("check", "wide.yaml", "--format", "json")
        spans = {d["code"]: d["span"]["start"] for d in result.data["files"][0]["diagnostics"]}
        assert spans["LC201"] == {"line": 3, "column": 33}

    def test_check_of_nothing_is_still_json(self, cli: CommandLine) -> None:
        result = cli("check", "missing", "--format", "json")
        assert result.status == 2
        assert result.data == {"version": 1, "files": [], "summary": {"files": 0, "errors": 0, "warnings": 0}}

    def test_a_file_that_is_no_spec_has_no_model(self, cli: CommandLine) -> None:
        cli.write("list.yaml", "- 1\n")
        (file,) = cli("check", "list.yaml", "--format", "json").data["files"]
        assert (file["model"], file["ok"]) == (None, False)

    def test_summary(self, cli: CommandLine) -> None:
        result = cli("summary", "cnn", "--format", "json")
        assert result.status == 0
        data = result.data
        assert list(data) == ["version", "model", "inputs", "outputs", "layers", "totals"]
        assert (data["version"], data["model"]) == (1, "cnn")
        assert data["inputs"] == [{"name": "image", "shape": [None, 28, 28, 1], "dtype": "float32"}]
        assert data["outputs"] == [{"name": "dense_1", "shape": [None, 10], "dtype": "float32"}]
        assert data["layers"][0] == {
            "name": "conv2d",
            "type": "Conv2D",
            "inputs": ["image"],
            "output_shape": [None, 26, 26, 32],
            "dtype": "float32",
            "params": 320,
            "trainable_params": 320,
            "macs": 194688,
            "weights": [
                {"name": "kernel", "shape": [3, 3, 1, 32], "dtype": "float32", "trainable": True},
                {"name": "bias", "shape": [32], "dtype": "float32", "trainable": True},
            ],
        }
        types = [layer["type"] for layer in data["layers"]]
        assert types == ["Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Flatten", "Dense", "Dense"]
        totals = data["totals"]
        known = {"layers": 7, "params": 225034, "trainable_params": 225034, "non_trainable_params": 0, "weight_bytes": 900136}
        assert {name: totals[name] for name in known} == known
        assert totals["macs"] == 194688 + 11 * 11 * 9 * 32 * 64 + 1600 * 128 + 1280
        assert {"activation_bytes", "training_bytes"} <= set(totals)

    @pytest.mark.parametrize(
        ("name", "params"),
        [
            ("mlp", 235146),
            ("cnn", 225034),
            ("rnn", 1329473),
            ("conv2d", 34826),
            ("dense", 34990),
            ("sensor", 2794),
            ("spam", 56897),
            ("wine", 547),
            ("penguins", 419),
            ("values_dense", 55),
            ("values_conv2d", 448),
            ("values_flatten", 163850),
        ],
    )
    def test_parameters_of_the_packaged_specs(self, cli: CommandLine, name: str, params: int) -> None:
        assert cli("summary", name, "--format", "json").data["totals"]["params"] == params


class TestTable:
    """`summary` for people."""

    def test_plain_where_it_goes_to_no_terminal(self, cli: CommandLine) -> None:
        plain = cli("summary", "cnn").out
        assert plain == cli("summary", "cnn", "--batch-size", "1").out
        assert not [line for line in plain.splitlines() if line != line.rstrip()]
        head, rule, image = plain.splitlines()[2:5]
        assert len(head) == len(rule)
        assert image.split("  ")[0] == "image"

    def test_coloured_on_demand(self, cli: CommandLine) -> None:
        assert "\x1b[" not in cli("summary", "cnn").out
        coloured = re.sub(r"\x1b\[[0-9;]*m", "", cli("summary", "cnn", FORCE_COLOR="1").out)
        assert cli("summary", "cnn").out.split() == coloured.split()


class TestNames:
    """How names of specs are looked up."""

    def test_the_order(self, cli: CommandLine) -> None:
        def where() -> str:
            name = cli("summary", "cnn", "--format", "json").data["outputs"][0]["name"]
            assert isinstance(name, str)
            return name

        assert where() == "dense_1"
        cli.write("specs/cnn.yaml", "inputs: {x: [4]}\nlayers:\n  - Dense: 2\n    name: in_specs\n")
        assert where() == "in_specs"
        cli.write("cnn.yaml", "inputs: {x: [4]}\nlayers:\n  - Dense: 2\n    name: here\n")
        assert where() == "here"

    def test_a_directory_is_no_spec(self, cli: CommandLine) -> None:
        cli.write("models/a.yaml", GOOD)
        result = cli("summary", "models")
        assert result.status == 2
        assert "directory" in result.err

    def test_the_only_spec(self, cli: CommandLine) -> None:
        cli.write("specs/mine.yaml", GOOD)
        assert cli("summary", "--format", "json").data["model"] == "mine"

    def test_several_specs(self, cli: CommandLine) -> None:
        cli.write("specs/one.yaml", GOOD)
        cli.write("specs/two.yaml", GOOD)
        result = cli("summary")
        assert result.status == 2
        assert "`one`" in result.err
        assert "`two`" in result.err

    def test_no_specs(self, cli: CommandLine) -> None:
        result = cli("summary")
        assert result.status == 2
        assert "`cnn`" in result.err

    def test_the_projects_own(self, cli: CommandLine) -> None:
        """`[tool.layerctl] spec` of the nearest pyproject.toml, relative to that file."""
        cli.write("specs/one.yaml", GOOD)
        cli.write("specs/two.yaml", GOOD)
        cli.write("pyproject.toml", '[tool.layerctl]\nspec = "specs/two.yaml"\n')
        assert cli("summary", "--format", "json").data["model"] == "two"
        (cli.folder / "deep" / "er").mkdir(parents=True)
        inside = CommandLine(cli.monkeypatch, cli.capsys, cli.folder / "deep" / "er")
        assert inside("summary", "--format", "json").data["model"] == "two"
        cli.write("pyproject.toml", '[tool.layerctl]\nspec = "mlp"\n')
        assert cli("summary", "--format", "json").data["model"] == "mlp"

    @pytest.mark.parametrize("text", ["[tool.layerctl]\nspec = 3\n", "[tool.layerctl\n", '[tool.layerctl]\nspec = "missing"\n'])
    def test_a_wrong_pyproject(self, cli: CommandLine, text: str) -> None:
        cli.write("pyproject.toml", text)
        assert cli("summary").status == 2

    def test_a_misspelled_key_in_pyproject(self, cli: CommandLine) -> None:
        cli.write("pyproject.toml", '[tool.layerctl]\nignor = ["LC5"]\n')
        cli.write("cnn.yaml", GOOD)
        result = cli("check", "cnn.yaml", "--strict")
        assert result.status == 2
        assert "did you mean `ignore`?" in result.err

    @pytest.mark.parametrize(("name", "meant"), [("onee", "one"), ("specs/oen.yaml", "specs/one.yaml"), ("twoo", "two")])
    def test_a_misspelled_spec(self, cli: CommandLine, name: str, meant: str) -> None:
        cli.write("specs/one.yaml", GOOD)
        cli.write("two.yaml", GOOD)
        result = cli("summary", name)
        assert result.status == 2
        assert f"did you mean `{meant}`?" in result.err


class TestSummary:
    def test_after_a_shape_error(self, cli: CommandLine) -> None:
        """The rows before it are shown, then the mistake."""
        cli.write("deep.yaml", DEEP)
        result = cli("summary", "deep.yaml")
        assert result.status == 1
        assert "(batch, 6, 6, 4)" in result.out
        assert "LC402" in result.err
        data = cli("summary", "deep.yaml", "--format", "json").data
        assert [layer["name"] for layer in data["layers"]][:1] == ["conv2d"]

    @pytest.mark.parametrize(
        ("train", "name", "kept"),
        [
            ("", "Adam", 2),
            ("train: {loss: mse}", "Adam", 2),
            ("train: {loss: mse, optimizer: sgd}", "SGD", 0),
            ("train: {loss: mse, optimizer: {SGD: {momentum: 0.9}}}", "SGD", 1),
            ("train: {loss: mse, optimizer: {LossScaleOptimizer: {inner_optimizer: lion}}}", "LossScaleOptimizer", 1),
        ],
    )
    def test_memory_of_training(self, cli: CommandLine, train: str, name: str, kept: int) -> None:
        """With the spec's own optimizer."""
        cli.write("one.yaml", f"inputs: {{x: [100]}}\nlayers: [{{Dense: 10}}]\n{train}\n")
        totals = cli("summary", "one.yaml", "--format", "json").data["totals"]
        assert totals["training_bytes"] == totals["activation_bytes"] + 4 * 1010 * (2 + kept)
        assert f"to train with {name}, at batch size 1" in " ".join(cli("summary", "one.yaml").out.split())

    def test_limits(self, cli: CommandLine) -> None:
        cli.write("part.yaml", "blocks: {hidden: {layers: [ReLU, {Dense: 3}]}}\n")
        cli.write("inner/spec.yaml", "include: [../part.yaml]\ninputs: {x: [4]}\nlayers: [hidden]\n")
        assert "LC312" in cli("summary", "inner/spec.yaml").err
        assert cli("summary", "inner/spec.yaml", "--include-root", ".").status == 0
        assert "LC308" in cli("summary", "inner/spec.yaml", "--include-root", ".", "--max-layers", "1").err

    @pytest.mark.parametrize("command", ["build", "train", "compare inner/spec.yaml"])
    def test_limits_of_commands_that_run(self, cli: CommandLine, command: str) -> None:
        cli.write("blocks.yaml", "blocks: {wide: {layers: [{Dense: 8}]}}")
        cli.write("inner/spec.yaml", "include: [../blocks.yaml]\ninputs: {x: [4]}\nlayers: [wide, wide]\n")
        without = cli(*command.split(), "inner/spec.yaml")
        assert (without.status, "LC312" in without.err) == (1, True)
        result = cli(*command.split(), "inner/spec.yaml", "--include-root", ".", "--max-layers", "1")
        assert result.status == 1
        assert "LC308" in result.err
        assert "LC312" not in result.err

    def test_a_further_call_without_a_name(self, cli: CommandLine) -> None:
        """It is called by its layer's name, as an output too."""
        cli.write("shared.yaml", "inputs: {x: [4]}\nlayers:\n  - {Dense: 4, name: a}\n  - {reuse: a}\n")
        data = cli("summary", "shared.yaml", "--format", "json").data
        assert [output["name"] for output in data["outputs"]] == ["a"]
        assert [call["inputs"] for call in data["layers"][0]["calls"]] == [["x"], ["a"]]

    def test_markdown(self, cli: CommandLine) -> None:
        result = cli("summary", "cnn", "--format", "markdown")
        assert result.status == 0
        assert re.search(r"^\| *conv2d *\| *Conv2D *\|", result.out, re.MULTILINE)
        assert "225,034" in result.out

    def test_table(self, cli: CommandLine) -> None:
        result = cli("summary", "cnn", "--batch-size", "8")
        assert result.status == 0
        assert "225,034" in result.out
        assert "batch size 8" in result.out

    def test_json_stays_json_after_an_error(self, cli: CommandLine) -> None:
        cli.write("bad.yaml", BAD)
        result = cli("summary", "bad.yaml", "--format", "json")
        assert result.status == 1
        assert result.data["version"] == 1


class TestReference:
    def test_layers(self, cli: CommandLine) -> None:
        result = cli("layers")
        assert result.status == 0
        for name in ("Conv2D", "LSTM", "Add", "BatchNormalization"):
            assert re.search(rf"^  {name} ", result.out, re.MULTILINE)
        listed = cli("layers", "--format", "json").data
        assert listed["version"] == 1
        assert {"name", "category", "summary"} == set(listed["layers"][0])
        assert {"name", "why", "instead"} == set(listed["not_in_specs"][0])

    def test_one_layer(self, cli: CommandLine) -> None:
        out = cli("layers", "Conv2D").out
        for part in ("kernel_size", "required", "one of `valid`, `same`", "Output shape", "Example", "MACs"):
            assert part in out

    def test_an_alias(self, cli: CommandLine) -> None:
        assert cli("layers", "MaxPool2D").out == cli("layers", "MaxPooling2D").out

    def test_a_layer_that_no_spec_can_hold(self, cli: CommandLine) -> None:
        result = cli("layers", "Lambda")
        assert result.status == 0
        assert "A spec cannot hold Lambda: it holds Python code." in result.out
        assert "`ops.NAME`" in result.out
        assert cli("layers", "Lambda", "--format", "json").data["instead"] in result.out
        assert re.search(r"^  Lambda +it holds Python code", cli("layers").out, re.MULTILINE)

    def test_an_unknown_layer(self, cli: CommandLine) -> None:
        result = cli("layers", "Conv2d")
        assert result.status == 2
        assert "did you mean `Conv2D`?" in result.err

    def test_explain(self, cli: CommandLine) -> None:
        by_code = cli("explain", "LC402")
        assert by_code.status == 0
        for part in ("LC402", "kernel-does-not-fit", "Why:", "Example:", "Fix:"):
            assert part in by_code.out
        assert cli("explain", "kernel-does-not-fit").out == by_code.out == cli("explain", "lc402").out
        assert "LC402  kernel-does-not-fit" in cli("explain").out

    def test_an_unknown_code(self, cli: CommandLine) -> None:
        result = cli("explain", "kernel-does-not-fits")
        assert result.status == 2
        assert "did you mean `kernel-does-not-fit`?" in result.err


class TestInit:
    @pytest.mark.parametrize("template", packaged_names())
    def test_what_it_writes_is_clean(self, cli: CommandLine, template: str) -> None:
        assert cli("init", "mine", "--template", template).status == 0
        result = cli("check", "mine.yaml", "--strict")
        assert result.status == 0, result.out

    def test_it_never_overwrites(self, cli: CommandLine) -> None:
        path = cli.write("mine.yaml", "precious")
        result = cli("init", "mine")
        assert result.status == 2
        assert "exists" in result.err
        assert path.read_text(encoding="utf-8") == "precious"

    def test_where_it_goes(self, cli: CommandLine) -> None:
        assert cli("init").status == 0
        assert (cli.folder / "cnn.yaml").is_file()
        (cli.folder / "specs").mkdir()
        assert cli("init", "faces", "--template", "mlp").status == 0
        assert (cli.folder / "specs" / "faces.yaml").is_file()
        assert cli("init", "no/folder/faces").status == 2

    def test_an_unknown_template(self, cli: CommandLine) -> None:
        result = cli("init", "mine", "--template", "cnnn")
        assert result.status == 2
        assert "did you mean `cnn`?" in result.err


class TestHelp:
    def test_version(self, cli: CommandLine) -> None:
        assert cli("--version").out == f"layerctl {layerctl.__version__}\n"

    @pytest.mark.parametrize("command", ["check", "summary", "build", "train", "compare", "layers", "explain", "schema", "init"])
    def test_every_command_has_help_with_examples(self, cli: CommandLine, command: str) -> None:
        result = cli(command, "--help")
        assert result.status == 0
        assert f"layerctl {command}" in result.out.split("Examples:")[1]
        assert cli(command, "-h").out == result.out

    def test_the_overview_names_every_command(self, cli: CommandLine) -> None:
        out = cli("--help").out
        for command in ("check", "summary", "build", "train", "compare", "layers", "explain", "schema", "init"):
            assert re.search(rf"^  {command} ", out, re.MULTILINE)


class TestProcess:
    """Behaviour that needs a process of its own."""

    def run(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "layerctl", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment, **options)

    def test_module(self, tmp_path: Path) -> None:
        (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
        done = self.run("check", "bad.yaml", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (1, "")
        assert "LC202" in done.stdout

    @pytest.mark.skipif(os.name == "nt", reason="uses a shell")
    @pytest.mark.parametrize(
        ("options", "first"),
        [("", "error[LC202]"), ("--strict", "error[LC202]"), ("--format concise", "bad.yaml:3:5"), ("--format json", "{"),
         ("--format sarif", "{"), ("--format junit", "<?xml")],
    )  # fmt: skip
    def test_a_closed_pipe(self, tmp_path: Path, options: str, first: str) -> None:
        """`layerctl check | head -1` ends quietly, with and without the option parser."""
        many = "inputs: {x: [4]}\nlayers:\n" + "  - Dens: 8\n" * 3000
        (tmp_path / "bad.yaml").write_text(many, encoding="utf-8")
        program = f"'{sys.executable}' -m layerctl check bad.yaml {options}"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        shell = ["bash", "-c", f"{program} | head -1; exit ${{PIPESTATUS[0]}}"]
        done = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120, env=environment)
        assert done.stderr == ""
        assert done.stdout.startswith(first)

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device without room")
    @pytest.mark.parametrize("arguments", ["check bad.yaml", "check bad.yaml --strict", "summary good.yaml", "layers"])
    def test_no_room_for_the_result(self, tmp_path: Path, arguments: str) -> None:
        (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
        (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
        command = [sys.executable, "-m", "layerctl", *arguments.split()]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment
            )
        assert (done.returncode, done.stderr) == (1, "error: cannot write the result: no space left on device\n")

    @pytest.mark.skipif(os.name == "nt", reason="closes one end of a pipe")
    @pytest.mark.parametrize("unbuffered", ["", "1"])
    @pytest.mark.parametrize(
        ("arguments", "status"),
        [("check bad.yaml", 1), ("check bad.yaml --strict", 1), ("check bad.yaml --format json", 1), ("check good.yaml", 0),
         ("summary good.yaml", 0), ("summary good.yaml --format json", 0), ("layers Dense", 0), ("schema", 0)],
    )  # fmt: skip
    def test_a_pipe_that_nobody_reads(self, tmp_path: Path, arguments: str, status: int, unbuffered: str) -> None:
        """A short text is written only at exit: a closed pipe then changes neither output nor status."""
        (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
        (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
        command = [sys.executable, "-m", "layerctl", *arguments.split()]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as closed:
            done = subprocess.run(
                command, cwd=tmp_path, stdout=closed, stderr=subprocess.PIPE, check=False, timeout=120, env=environment
            )
        assert (done.returncode, done.stderr) == (status, b"")

    def test_an_ascii_terminal(self, tmp_path: Path) -> None:
        """Characters that the terminal's encoding lacks are escaped."""
        (tmp_path / "bad.yaml").write_text("inputs: {größe: [4]}\nlayers:\n  - Dens: 8\n", encoding="utf-8")
        command = [sys.executable, "-m", "layerctl", "check", "bad.yaml"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120, env=environment)
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr


MUTATIONS = [
    b"",
    b"\x00",
    b"\xff",
    *(text.encode() for text in ("{", "}", "[", "]", ": ", "- ", "$", '"', "'", "&a ", "*a", "!!x ", "\t", "\n", "#")),
]


def test_no_input_gives_a_traceback(cli: CommandLine) -> None:
    """Each packaged spec with one stretch replaced by one of the characters that YAML cares about: 0 or 1, nothing else."""
    from random import Random

    rng = Random(0)
    names = []
    for name in ("cnn", "rnn", "sensor"):
        text = (ROOT / "specs" / f"{name}.yaml").read_bytes()
        for number in range(60):
            at = rng.randrange(len(text))
            cli.write(f"{name}{number}.yaml", text[:at] + rng.choice(MUTATIONS) + text[at + rng.choice((0, 1, 5, 40)) :])
            names.append(f"{name}{number}.yaml")
    result = cli("check", *names, "--format", "json")
    assert result.status in (0, 1), result.err
    assert result.data["summary"]["files"] == len(names)


def test_json_in_pieces_is_the_same_text() -> None:
    """JSON written item by item is the same as JSON written at once."""
    rows: list[dict[str, Any]] = [{"a": "two\nlines", "b": [], "c": {"d": [1, None]}}, {"é": {}}]
    lazy = {"version": 1, "files": iter([{"path": "x", "rows": iter(rows)}, {"path": "y", "rows": iter(())}]), "ok": True}
    whole = {"version": 1, "files": [{"path": "x", "rows": rows}, {"path": "y", "rows": []}], "ok": True}
    assert "".join(pieces(lazy)) == json.dumps(whole, indent=2, ensure_ascii=False)
