"""The exit status of every end of a command, and what is said then: 0 done, 1 mistakes, 2 wrong usage, 3 a bug, 130 Ctrl-C."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from layerctl.api import train as training
from layerctl.api.check import check_files
from layerctl.api.train import Run
from layerctl.cli import _checking
from layerctl.cli._checking import checked
from layerctl.cli._common import accept, guarded, load, show, spec_file, usage
from layerctl.cli._streams import Stream as Prepared
from layerctl.cli._streams import prepare, put, put_json, put_lines, put_notes, put_result, unwritable
from layerctl.compiler.pipeline import compile_text
from layerctl.diagnostics.errors import LayerctlBug, MissingPackage, SpecError, UsageError
from layerctl.language.expand.settings import Settings
from layerctl.runs.record import RunRecord
from tests.command_line import CommandLine

GOOD = "inputs: {x: [4]}\nlayers: [{Dense: 2}]\n"
BAD = "inputs: {x: [4]}\nlayers: [{Dens: 2}]\n"
WARNS = "inputs: {x: [4]}\nlayers: [{Dense: 8}, {Dense: 2}]\n"
"""Two linear layers in a row: LC505."""
IGNORED = WARNS.replace("[{Dense: 8}, {Dense: 2}]", "\n  - Dense: 8  # layerctl: ignore[LC505]\n  - Dense: 2")


# A command that ends in an exception


def full(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def ended(error: BaseException, **options: Any) -> int:
    """The status that a command ends with whose work ends so."""

    def command(**options: Any) -> None:
        raise error

    with pytest.raises(SystemExit) as end:
        guarded(command)(**options)
    assert isinstance(end.value.code, int)
    return end.value.code


REPORT = "  = help: please report it, with the spec; `--debug` shows where\n"
ENDS: list[tuple[BaseException, int, str]] = [
    (UsageError("no such thing", "try another"), 2, "error: no such thing\n  = help: try another\n"),
    (UsageError("no such thing"), 2, "error: no such thing\n"),
    (MissingPackage("this needs keras", "install it"), 2, "error: this needs keras\n  = help: install it\n"),
    (KeyboardInterrupt(), 130, "interrupted\n"),
    (SystemExit(5), 5, ""),
    (ZeroDivisionError("no"), 3, f"error: layerctl failed, which is a bug in layerctl: ZeroDivisionError: no\n{REPORT}"),
    (LayerctlBug(("a is b",)), 3,
     "error: layerctl failed, which is a bug in layerctl: LayerctlBug: layerctl and Keras disagree about this model:\n"
     f"  a is b\n{REPORT}"),
    (RecursionError("deep"), 3, f"error: layerctl failed, which is a bug in layerctl: ran out of stack\n{REPORT}"),
    (MemoryError(), 1,
     "error: memory ran out\n  = help: end other programs, or take smaller files; `ulimit -v` may be set too low\n"),
    (full(errno.ENOENT), 3,
     f"error: layerctl failed, which is a bug in layerctl: FileNotFoundError: [Errno 2] No such file or directory\n{REPORT}"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "status", "said"), ENDS, ids=lambda value: type(value).__name__)
def test_how_a_command_ends(error: BaseException, status: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(error) == status
    assert capsys.readouterr() == ("", said)


def test_a_spec_with_mistakes_ends_with_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(SpecError(compile_text(BAD, "bad.yaml").diagnostics)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error[LC202]: ")
    assert "bad.yaml:2:11" in err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EPIPE])
def test_a_full_disk_is_no_bug(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(full(number)) == 1
    assert capsys.readouterr().err == f"error: cannot write the result: {os.strerror(number).lower()}\n"


def test_a_failure_to_write_without_a_reason_is_said_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(OSError(errno.EIO, None)) == 1
    assert capsys.readouterr().err == "error: cannot write the result: [errno 5] none\n"


def test_a_file_that_cannot_be_used_is_no_bug(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(PermissionError(errno.EACCES, "Permission denied", "a\x1b[2J")) == 2
    assert capsys.readouterr().err == "error: cannot use a\\x1b[2J: permission denied\n"


def test_a_lost_directory_is_no_bug(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> str:
        raise full(errno.ENOENT)

    monkeypatch.setattr(os, "getcwd", lost)
    assert ended(full(errno.ENOENT)) == 2
    assert capsys.readouterr().err.startswith("error: the current directory is gone\n")


def test_lines_are_written_each_with_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    put_lines(lambda width, paint: ["one", "two"])
    assert capsys.readouterr().out == "one\ntwo\n"


def test_a_result_is_json_or_lines(capsys: pytest.CaptureFixture[str]) -> None:
    result = SimpleNamespace(to_json=lambda: {"value": 0.5}, lines=lambda width, paint: ["value 0.5"])
    put_result(result, "json", result.lines)
    assert capsys.readouterr().out == '{\n  "value": 0.5\n}\n'
    put_result(result, "text", result.lines)
    assert capsys.readouterr().out == "value 0.5\n"


def test_notes_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    put_notes(["one row is left out", "and another"])
    assert capsys.readouterr() == ("", "note: one row is left out\nnote: and another\n")


def test_nothing_is_printed_where_nobody_reads() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    failed: list[OSError] = []
    with os.fdopen(writing, "w") as end:
        stream = Prepared(end, failed.append)
        for _ in range(2):
            stream.write("more")
            stream.flush()
    assert failed == []


def test_streams_are_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    plain = sys.stdout
    prepare()
    prepare()
    assert isinstance(sys.stdout, Prepared)
    assert sys.stdout.stream is plain


@pytest.mark.parametrize("error", [error for error, _, _ in ENDS if isinstance(error, Exception)], ids=repr)
def test_with_debug_an_exception_is_shown_whole(error: BaseException) -> None:
    def command(**options: Any) -> None:
        raise error

    with pytest.raises(type(error)):
        guarded(command)(debug=True)


def test_ctrl_c_and_the_end_that_a_command_chose_are_the_same_with_debug() -> None:
    assert ended(KeyboardInterrupt(), debug=True) == 130
    assert ended(SystemExit(1), debug=True) == 1
    assert ended(UsageError("no"), debug=False) == 2


def test_a_command_that_comes_to_its_end_ends_without_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    stream = Stream()
    monkeypatch.setattr(sys, "stdout", stream)
    guarded(lambda *args, **kwargs: seen.append((args, kwargs)))(1, 2, option=3)
    assert seen == [((1, 2), {"option": 3})]
    assert stream.flushed == 1


class Stream(io.StringIO):
    """Fails when it is flushed."""

    def __init__(self, error: OSError | None = None) -> None:
        super().__init__()
        self.error = error
        self.flushed = 0

    def flush(self) -> None:
        self.flushed += 1
        if self.error is not None:
            raise self.error

    def isatty(self) -> bool:
        return False


def test_a_result_is_written_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream()
    monkeypatch.setattr(sys, "stdout", stream)
    put("result\n")
    assert (stream.getvalue(), stream.flushed) == ("result\n", 1)


def test_a_result_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdout", Prepared(Stream(BrokenPipeError()), unwritable))
    put("result")
    for number, reason in ((errno.ENOSPC, "no space left on device"), (errno.EBADF, "standard output is closed")):
        monkeypatch.setattr(sys, "stdout", Prepared(Stream(full(number)), unwritable))
        with pytest.raises(SystemExit) as end:
            put("result")
        assert end.value.code == 1
        assert capsys.readouterr().err == f"error: cannot write the result: {reason}\n"


def test_a_reader_that_goes_away_does_not_change_the_status_of_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Prepared(Stream(BrokenPipeError()), unwritable))
    assert ended(SystemExit(1)) == 1
    assert ended(SystemExit(0)) == 0


def test_a_result_that_cannot_be_written_changes_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Prepared(Stream(full(errno.ENOSPC)), unwritable))
    assert ended(SystemExit(0)) == 1


def test_messages_that_cannot_be_written_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Prepared(Stream(full(errno.ENOSPC)), lambda error: None))
    assert ended(UsageError("wrong")) == 2


def test_wrong_usage_is_said_on_standard_error(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit) as end:
        usage("wrong")
    assert end.value.code == 2
    assert capsys.readouterr() == ("", "error: wrong\n")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with pytest.raises(SystemExit):
        usage("wrong", "right")
    assert capsys.readouterr().err == (
        "\x1b[1;31merror\x1b[0m\x1b[1m: wrong\x1b[0m\n  \x1b[34m=\x1b[0m \x1b[36mhelp\x1b[0m: right\n"
    )


# The spec of a command


def test_mistakes_are_shown_and_end_a_command(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.write("bad.yaml", BAD)
    cli.write("specs/warns.yaml", WARNS)
    cli.write("specs/ignored.yaml", IGNORED)
    monkeypatch.chdir(cli.folder)
    with pytest.raises(SystemExit) as end:
        load("bad")
    assert end.value.code == 1
    assert cli.capsys.readouterr().err.startswith("error[LC202]")
    assert load("warns").path == "specs/warns.yaml"
    assert "warning[LC505]" in cli.capsys.readouterr().err
    assert load("ignored").path == "specs/ignored.yaml"
    assert cli.capsys.readouterr().err == "", "a comment in the spec ignores it"
    changed = load("warns", ["layers=[Flatten]"]).model
    assert [node.name for node in changed.graph.nodes] == ["x", "flatten"]
    cli.capsys.readouterr()
    with pytest.raises(SystemExit):
        load("warns", settings=Settings(max_layers=1))
    assert "1 layer" in cli.capsys.readouterr().err
    with pytest.raises(UsageError, match="specs"):
        spec_file(None)
    (cli.folder / "specs/ignored.yaml").unlink()
    assert spec_file(None).path == spec_file("warns").path == "specs/warns.yaml"


def test_diagnostics_are_parted_by_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    compiled = compile_text(BAD + "expect: 3\n", "bad.yaml")
    stream = io.StringIO()
    show(compiled.diagnostics, stream)
    assert capsys.readouterr() == ("", "")
    first, second, last = stream.getvalue().split("\n\n")
    assert (first.splitlines()[0][:12], second.splitlines()[0][:12], last) == ("error[LC202]", "error[LC204]", "")
    with pytest.raises(SystemExit) as end:
        accept(compiled)
    assert end.value.code == 1
    assert capsys.readouterr() == ("", stream.getvalue())


# Each command


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "bad"),
        ("check", "bad", "--format", "json"),
        ("summary", "bad"),
        ("summary", "bad", "--format", "json"),
        ("build", "bad"),
        ("train", "bad"),
        ("compare", "bad", "good"),
        ("compare", "good", "bad"),
        ("trace", "bad"),
        ("convert", "bad", "--to", "dense", "-o", "x.yaml"),
    ],
    ids=" ".join,
)
def test_a_spec_with_mistakes_is_status_1(arguments: tuple[str, ...], cli: CommandLine) -> None:
    cli.write("bad.yaml", BAD)
    cli.write("good.yaml", GOOD)
    done = cli(*arguments)
    assert done.status == 1, done.err
    assert "LC202" in done.out + done.err


@pytest.mark.parametrize("arguments", [("check", "good"), ("summary", "good"), ("build", "good", "-o", "x.json")], ids=" ".join)
def test_what_is_done_is_status_0(arguments: tuple[str, ...], cli: CommandLine) -> None:
    cli.write("good.yaml", GOOD)
    assert cli(*arguments).status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "none"),
        ("summary", "none"),
        ("build", "none"),
        ("train", "none"),
        ("train", "--resume", "none"),
        ("compare", "none", "good"),
        ("trace", "none"),
        ("runs", "none"),
        ("evaluate", "none"),
        ("predict", "none", "x.png"),
        ("explain", "LC000"),
        ("layers", "Nothing"),
        ("claims", "12"),
        ("no-command",),
        ("check", "--no-option"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_status_2(arguments: tuple[str, ...], cli: CommandLine) -> None:
    cli.write("good.yaml", GOOD)
    done = cli(*arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err


@pytest.mark.parametrize("command", ["build", "train"])
def test_a_package_that_is_missing_is_status_2(command: str, cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    backend = pytest.importorskip("layerctl.runtime.backends.backend")
    monkeypatch.setattr(backend, "keras", backend.keras.__wrapped__)
    cli.write("good.yaml", GOOD + "train: {data: synthetic, loss: mse}\n")
    done = cli(command, "good")
    assert done.status == 2
    assert "pip install 'layerctl[" in done.err


@pytest.mark.parametrize(("ended", "status"), [("finished", 0), ("interrupted", 130)])
@pytest.mark.parametrize("format", ["text", "json"])
def test_an_interrupted_training_is_status_130(
    ended: str, status: int, format: str, cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.write("good.yaml", GOOD + "train: {data: synthetic, loss: mse}\n")
    record = RunRecord.model_validate(
        {
            "version": 1, "status": ended, "model": "good", "run": "runs/good-1", "epochs": 1, "epochs_planned": 1, "data": {},
            "metrics": {}, "times": {}, "versions": {},
        }
    )  # fmt: skip
    monkeypatch.setattr(training, "train", lambda *args, **kwargs: Run(Path("runs/good-1"), record))
    done = cli("train", "good", "--format", format)
    assert done.status == status
    words = "interrupted; go on with `layerctl train --resume runs/good-1`\n"
    assert (words in done.err) == (ended == "interrupted")
    assert format == "text" or done.data == record.to_json()


# check


STATUSES: list[tuple[tuple[str, ...], int]] = [
    (("good.yaml",), 0),
    (("warns.yaml",), 0),
    (("bad.yaml",), 1),
    (("good.yaml", "warns.yaml", "bad.yaml"), 1),
    (("bad.yaml", "good.yaml"), 1),
    (("none.yaml",), 2),
    (("bad.yaml", "none.yaml", "good.yaml"), 2),
    (("good.yaml", "--strict"), 0),
    (("warns.yaml", "--strict"), 1),
    (("warns.yaml", "--strict", "--ignore", "LC505"), 0),
    (("warns.yaml", "--strict", "--select", "LC2"), 0),
    (("ignored.yaml", "--strict"), 0),
    (("bad.yaml", "--ignore", "LC505"), 1),
    (("warns.yaml", "--set", "layers=[Flatten]", "--strict"), 0),
    (("good.yaml", "--max-layers", "0"), 2),
]


@pytest.mark.parametrize(("arguments", "status"), STATUSES, ids=[" ".join(arguments) for arguments, _ in STATUSES])
def test_the_status_of_a_check(arguments: tuple[str, ...], status: int, cli: CommandLine) -> None:
    for name, text in {"good": GOOD, "bad": BAD, "warns": WARNS, "ignored": IGNORED}.items():
        cli.write(f"{name}.yaml", text)
    assert cli("check", *arguments).status == status


@pytest.mark.parametrize("format", ["full", "concise", "json", "sarif", "junit", "github"])
def test_the_status_is_the_same_in_every_format(format: str, cli: CommandLine) -> None:
    cli.write("good.yaml", GOOD)
    cli.write("bad.yaml", BAD)
    for names, status in ((("good",), 0), (("good", "bad"), 1), (("bad", "none"), 2)):
        assert cli("check", *names, "--format", format).status == status


def test_a_project_can_be_strict(cli: CommandLine) -> None:
    cli.write("warns.yaml", WARNS)
    cli.write("pyproject.toml", "[tool.layerctl]\nstrict = true\n")
    assert cli("check", "warns.yaml").status == 1
    assert cli("check", "warns.yaml", "--no-strict").status == 0


def test_a_check_without_names_takes_the_folder_of_specs(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(cli.folder)
    cli.write("bad.yaml", BAD)
    assert checked([]) == 1
    assert "\n --> bad.yaml:2:11\n" in cli.capsys.readouterr().out, "in full by default"
    cli.write("specs/good.yaml", GOOD)
    assert checked([]) == 0
    assert cli.capsys.readouterr().out.endswith("1 spec checked, no mistakes\n")


def test_what_is_missing_is_said_beside_what_is_found(cli: CommandLine) -> None:
    cli.write("bad.yaml", BAD)
    done = cli("check", "bad.yaml", "bed.yaml", "--format", "concise")
    assert re.fullmatch(r"bad\.yaml:2:11: error\[LC202\] .*\n1 spec checked: 1 error\n", done.out)
    assert done.err == "error: there is no spec `bed.yaml`\n  = help: did you mean `bad.yaml`?\n"
    for format, out in (("full", ""), ("concise", ""), ("github", "")):
        assert cli("check", "bed.yaml", "--format", format).out == out
    assert cli("check", "bed.yaml", "--format", "json").data["files"] == []
    assert json.loads(cli("check", "bed.yaml", "--format", "sarif").out)["runs"][0]["results"] == []
    assert "<testsuites" in cli("check", "bed.yaml", "--format", "junit").out


def test_each_format_is_its_own(cli: CommandLine) -> None:
    cli.write("bad.yaml", BAD)
    begins = {
        "full": "error[LC202]: ",
        "concise": "bad.yaml:2:11: ",
        "github": "::error ",
        "json": "{",
        "sarif": "{",
        "junit": "<?xml",
    }
    for format, words in begins.items():
        out = cli("check", "bad.yaml", "--format", format).out
        assert out.startswith(words)
        assert out.endswith("\n")
        assert not out.endswith("\n\n")
    assert "$schema" in cli("check", "bad.yaml", "--format", "sarif").data
    assert "version" in cli("check", "bad.yaml", "--format", "json").data
    assert "\n\n1 spec checked: 1 error\n" in cli("check", "bad.yaml").out
    assert cli("check", "bad.yaml", FORCE_COLOR="1").out.startswith("\x1b[")
    assert "\x1b[" in cli("check", "bad.yaml", FORCE_COLOR="1").out.splitlines()[-1]
    assert cli("summary", "bad.yaml", FORCE_COLOR="1").err.startswith("\x1b[")
    cli.write("good.yaml", GOOD)
    assert cli("check", "good.yaml", "--format", "github").out == ""
    assert cli("check", "bad.yaml", "--format", "concise", FORCE_COLOR="1").out.startswith("\x1b[")


def test_a_result_goes_to_the_file_that_is_named(cli: CommandLine) -> None:
    cli.write("bad.yaml", BAD)
    cli.write("good.yaml", GOOD)
    for format in ("full", "json", "concise"):
        shown = cli("check", "bad.yaml", "--format", format)
        done = cli("check", "bad.yaml", "--format", format, "--output-file", "out.txt", FORCE_COLOR="1")
        assert (done.status, done.out, done.err) == (1, "", "")
        assert (cli.folder / "out.txt").read_bytes() == shown.out.encode()
    done = cli("check", "good.yaml", "--output-file", "no/out.txt")
    assert (done.status, done.out) == (2, "")
    assert done.err == "error: cannot write no/out.txt: no such file or directory\n  = help: create its directory: mkdir -p no\n"


class Built:
    """Stands for the building of models in Keras."""

    def __init__(self, ends: dict[str, Callable[[], object]]) -> None:
        self.ends = ends
        self.asked: list[tuple[str, bool]] = []

    def __call__(self, compiled: Any, *, allow_custom_code: bool) -> None:
        self.asked.append((compiled.path, allow_custom_code))
        self.ends[compiled.path]()


def refuse() -> None:
    raise SpecError(compile_text(BAD, "custom.yaml").diagnostics)


def disagree() -> None:
    raise LayerctlBug(("a is b",))


def missing() -> None:
    raise MissingPackage("this needs keras")


@pytest.mark.parametrize(
    ("end", "status"),
    [(lambda: None, 0), (refuse, 1), (disagree, 3), (missing, 2)],
    ids=["as checked", "refused", "a bug", "without Keras"],
)
def test_the_status_of_a_check_against_keras(
    end: Callable[[], object], status: int, cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = Built({"custom.yaml": end, "good.yaml": lambda: None})
    monkeypatch.setattr("layerctl.api.build.built", built)
    for name, text in {"custom": GOOD, "good": GOOD, "bad": BAD}.items():
        cli.write(f"{name}.yaml", text)
    done = cli("check", "custom.yaml", "good.yaml", "--verify", "--format", "concise")
    assert done.status == status
    assert ("LC202" in done.out) == (status == 1)
    assert "2 specs checked" in done.out
    assert built.asked == [("custom.yaml", False), ("good.yaml", False)]
    both = cli("check", "bad.yaml", "custom.yaml", "--verify", "--allow-custom-code", "--format", "concise")
    assert both.status == (status or 1)
    assert built.asked[2:] == [("custom.yaml", True)], "a spec with mistakes is not built"
    monkeypatch.chdir(cli.folder)
    assert checked(["good.yaml"], verify=True) == 0
    assert built.asked[3:] == [("good.yaml", False)], "nobody's code is run unasked"


@pytest.mark.parametrize("text", [WARNS, GOOD + "train: {data: missing.csv, loss: mse}\n"], ids=["a warning", "data"])
def test_a_model_is_built_whose_code_has_no_mistake(text: str, cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning does not prevent it, nor do data that are missing here."""
    built = Built({"s.yaml": lambda: None})
    monkeypatch.setattr("layerctl.api.build.built", built)
    cli.write("s.yaml", text)
    cli("check", "s.yaml", "--verify")
    assert built.asked == [("s.yaml", False)]


def test_models_are_built_as_they_are_checked(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("layerctl.api.build.built", lambda compiled, **options: seen.append(compiled))
    cli.write("good.yaml", GOOD)
    assert cli("check", "good.yaml", "--verify", "--set", "layers=[Flatten]").status == 0
    assert [(compiled.path, compiled.model.graph.nodes[-1].name) for compiled in seen] == [("good.yaml", "flatten")]
    given = Settings(max_layers=7)
    compile = _checking.compile_bytes
    limits: list[Settings] = []
    monkeypatch.setattr(_checking, "compile_bytes", lambda *a, settings, **k: limits.append(settings) or compile(*a, **k))
    monkeypatch.chdir(cli.folder)
    assert checked(["good.yaml"], verify=True, settings=given) == 0
    assert limits == [given]


def test_options_reach_what_checks(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, changes, limits and processes."""
    seen: list[Any] = []

    def files(found: Any, **options: Any) -> Any:
        seen.append(([file.path for file in found], options["overrides"], options["settings"].max_layers, options["jobs"]))
        return check_files(found, **options)

    monkeypatch.setattr(_checking, "check_files", files)
    cli.write("good.yaml", GOOD)
    assert cli("check", "good.yaml", "--max-layers", "7", "--jobs", "1", "--set", "name=n").status == 0
    assert seen == [(["good.yaml"], ("name=n",), 7, 1)]
    monkeypatch.chdir(cli.folder)
    assert checked(["good.yaml"]) == 0
    assert seen[1][1:] == ((), 100_000, 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("claims", "--seeds", "1000000000"),
        ("claims", "--seeds", "99999999999999999999"),
        ("claims", "1", "--table", "t.csv"),
        ("compare", "dense", "conv2d", "--seeds", "1000000000"),
        ("compare", "dense", "conv2d", "--seeds", "auto", "--max-seeds", "99999999999999999999"),
        ("compare", "dense", "conv2d", "--seeds", "5x99999999999999999999"),
        ("build", "dense", "--seed", "4294967296"),
        ("trace", "dense", "--seed", "4294967296"),
        ("train", "dense", "--seed", "4294967296"),
        ("convert", "dense", "--to", "conv2d", "--seed", "4294967296"),
    ],
    ids=" ".join,
)
def test_what_is_too_large_is_refused_before_anything_is_loaded(arguments: tuple[str, ...], cli: CommandLine) -> None:
    done = cli(*arguments)
    assert done.status == 2
    assert done.err.startswith(("error: ", "Usage"))


@pytest.mark.parametrize(("encoding", "written"), [("utf-8", "ä"), ("UTF-8", "ä"), ("ascii", "\\u00e4"), ("latin-1", "\\u00e4")])
def test_json_is_written_in_what_the_terminal_can_show(encoding: str, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    put_json('{"a": "ä"}')
    stream.flush()
    assert stream.buffer.getvalue() == f'{{"a": "{written}"}}\n'.encode()  # type: ignore[attr-defined]


def test_json_is_written_where_the_encoding_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    put_json('{"a": "ä"}')
    assert stream.getvalue() == '{"a": "\\u00e4"}\n'
