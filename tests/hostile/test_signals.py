"""Ctrl-C, SIGTERM and SIGHUP at any moment: one line, the status that shells expect, nothing left behind."""

from __future__ import annotations

import array
import fcntl
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layerctl.base import ending
from layerctl.base.files import TEMPORARY, replacing
from tests.hostile.signals import ROOT, SAID, begin, interrupted

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
SPEC = "inputs: {x: [4]}\nlayers:\n  - Dense: 2\n"
PIPE = 60_000
"""Bytes with which a pipe is nearly full."""
STARTS = (("check", "m.yaml"), ("runs",), ("--help",))


@pytest.fixture
def stop_on_interrupt() -> Any:
    """What training does with signals; it needs NumPy."""
    pytest.importorskip("numpy")
    from layerctl.runtime.training.fit import stop_on_interrupt

    return stop_on_interrupt


every_signal = pytest.mark.parametrize("sent", SAID, ids=[signal.Signals(number).name for number in SAID])


def seconds(command: tuple[str, ...], folder: Path) -> float:
    """The time of an undisturbed call."""
    begun = time.monotonic()
    begin(folder, *command).communicate()
    return time.monotonic() - begun


@every_signal
@pytest.mark.parametrize("command", STARTS, ids=[" ".join(command) for command in STARTS])
def test_at_any_moment_of_a_short_command(sent: int, command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SPEC)
    whole = seconds(command, tmp_path)
    for part in range(4):
        assert interrupted(begin(tmp_path, *command), (part + 0.5) * whole / 4, sent) is None


def test_twice_in_a_row(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SPEC)
    whole = seconds(("check", "m.yaml"), tmp_path)
    for part in range(6):
        both = signal.SIGINT, signal.SIGINT
        assert interrupted(begin(tmp_path, "check", "m.yaml"), (part + 0.5) * whole / 6, *both) is None


@every_signal
def test_in_the_middle_of_a_check_by_several_processes(sent: int, tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"{number}.yaml").write_text(SPEC)
    command = "check", ".", "--jobs", "2"
    whole = seconds(command, tmp_path)
    for part in range(4):
        assert interrupted(begin(tmp_path, *command), (part + 2.5) * whole / 7, sent) is None


def test_while_standard_input_is_read(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "import sys; from layerctl.__main__ import main; print('begun', flush=True); main()",
        "check",
        "-",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, cwd=tmp_path, env=environment, text=True, **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.read() == "interrupted\n"
    assert process.returncode == 130


WAITING = """
import signal, sys, time
from layerctl.__main__ import end
from layerctl.base.files import replacing
with replacing("out.txt") as temporary:
    open(temporary, "x").close()
    print("begun", flush=True)
    {wait}
print("done")
"""
"""Waits while it writes a file."""


def waiting(folder: Path, wait: str = "time.sleep(60)", before: Callable[[], object] | None = None) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING.format(wait=wait)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


@every_signal
def test_no_temporary_file_is_left(sent: int, tmp_path: Path) -> None:
    process = waiting(tmp_path)
    assert TEMPORARY.match(os.listdir(tmp_path)[0])
    process.send_signal(sent)
    assert process.communicate(timeout=20) == ("", f"{SAID[signal.Signals(sent)]}\n")
    assert process.returncode == 128 + sent
    assert os.listdir(tmp_path) == []


@every_signal
def test_what_swallows_exceptions_does_not_swallow_a_signal(sent: int, tmp_path: Path) -> None:
    wait = "exec('while True:\\n try: time.sleep(60)\\n except BaseException: pass')"
    process = waiting(tmp_path, wait)
    process.send_signal(sent)
    assert process.communicate(timeout=20) == ("", f"{SAID[signal.Signals(sent)]}\n")


@every_signal
def test_an_ignored_signal_stays_ignored(sent: int, tmp_path: Path) -> None:
    """As SIGHUP is under `nohup`."""
    process = waiting(tmp_path, "time.sleep(0.5); open(temporary, 'a').close()", lambda: signal.signal(sent, signal.SIG_IGN))
    process.send_signal(sent)
    assert process.communicate(timeout=20) == ("done\n", "")
    assert (process.returncode, os.listdir(tmp_path)) == (0, ["out.txt"])


def test_results_so_far_are_kept(tmp_path: Path) -> None:
    process = waiting(tmp_path, "sys.stdout.write('x' * 1000); signal.raise_signal(signal.SIGTERM)")
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert (process.stdout.read(), process.stderr.read()) == ("x" * 1000, "ended by SIGTERM\n")
    assert process.returncode == 143


@pytest.mark.keras
@every_signal
def test_while_a_framework_is_imported(sent: int, tmp_path: Path) -> None:
    """What it writes meanwhile is hidden; the line about the signal is not."""
    lines = [
        "import signal, sys; from layerctl.__main__ import main; from layerctl.runtime.backends import backend",
        f"sys.meta_path.insert(0, type('Ours', (), {{'find_spec': lambda *name: signal.raise_signal({int(sent)})}}))",
        "backend.keras()",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (128 + sent, f"{SAID[signal.Signals(sent)]}\n")


def test_a_full_pipe_does_not_hold_it_up(tmp_path: Path) -> None:
    process = waiting(tmp_path, "sys.stdout.write('x' * 1_000_000); sys.stdout.flush()")
    assert process.stdout is not None
    assert process.stderr is not None
    waits = array.array("i", [0])
    while waits[0] < PIPE:
        fcntl.ioctl(process.stdout, termios.FIONREAD, waits)
    process.send_signal(signal.SIGTERM)
    assert process.stderr.readline() == "ended by SIGTERM\n"
    process.send_signal(signal.SIGTERM)  # the second one ends an attempt to write the rest
    process.wait(timeout=20)
    assert os.listdir(tmp_path) == []
    process.communicate()


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Any:
    """This process answers signals as the program does, but for its end, which is an exception here."""
    before = {number: signal.getsignal(number) for number in SAID}

    def ends(number: int, frame: Any = None) -> None:
        ending.undo(number)
        ending.install(ends)
        raise SystemExit(ending.status())

    ending.install(ends)
    yield ends
    ending._installed.clear()
    ending._received.clear()
    for number, handler in before.items():
        signal.signal(number, handler)


@every_signal
@pytest.mark.usefixtures("program")
def test_while_something_is_trained_the_first_one_is_a_request(sent: int, stop_on_interrupt: Any) -> None:
    with stop_on_interrupt() as stop:
        signal.raise_signal(sent)
        assert stop.requested
        with pytest.raises(KeyboardInterrupt):
            stop.check()
        assert (ending.status(), ending.line()) == (128 + sent, SAID[signal.Signals(sent)])


@pytest.mark.usefixtures("program")
def test_the_second_one_ends_the_program(stop_on_interrupt: Any, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with stop_on_interrupt(), replacing(tmp_path / "a") as temporary:
        Path(temporary).touch()
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(SystemExit) as error:
            signal.raise_signal(signal.SIGINT)
        assert not Path(temporary).exists()
        Path(temporary).touch()
    assert (error.value.code, capfd.readouterr().err) == (130, "interrupted\n")


def test_a_script_keeps_its_own_answers(stop_on_interrupt: Any) -> None:
    """`import layerctl` changes nothing, and while a script trains only Ctrl-C is a request."""
    with stop_on_interrupt() as stop:
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
        signal.raise_signal(signal.SIGINT)
        assert stop.requested
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not ending.installed(signal.SIGINT)


@pytest.mark.usefixtures("program")
def test_other_libraries_do_not_take_signals_over() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with ending.Keeping():
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(15))
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.usefixtures("stop_on_interrupt")
def test_the_terminal_goes_away(tmp_path: Path) -> None:
    """As when a window is closed: SIGHUP, and nothing can be written any more."""
    pty = pytest.importorskip("pty")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execve(sys.executable, [sys.executable, "-c", HANGUP], os.environ | {"PYTHONPATH": str(ROOT)})
    assert b"begun" in os.read(terminal, 100)
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 129
    assert (tmp_path / "end").read_text() == "as it should"


HANGUP = """
import sys, time
from layerctl.__main__ import end
from layerctl.base import ending
from layerctl.runtime.training.fit import stop_on_interrupt
with stop_on_interrupt() as stop:
    print("begun", flush=True)
    while not stop.requested:
        time.sleep(0.01)
    print("more", flush=True)
    print("more", file=sys.stderr)
    open("end", "w").write("as it should")
sys.exit(ending.status())
"""


def test_importing_the_program_is_fast() -> None:
    """Until its handler is installed, Python answers signals: few modules are loaded before."""
    code = "import sys; before = set(sys.modules); import layerctl.base.ending; print(*sorted(set(sys.modules) - before))"
    run = [sys.executable, "-c", code]
    loaded = subprocess.run(run, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True).stdout
    assert loaded.split() == [
        "__future__",
        "atexit",
        "layerctl",
        "layerctl.base",
        "layerctl.base.ending",
        "layerctl.base.package",
    ]


AT_THE_END = """
import ctypes
import layerctl.__main__

c = ctypes.CDLL(None)
c.strdup.restype = ctypes.c_void_p
c.__cxa_atexit(c.getchar, None, None)
c.__cxa_atexit(c.perror, ctypes.c_void_p(c.strdup(b"down")), None)
print("done")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="calls a function of the C library by its name")
def test_while_the_process_is_taken_down() -> None:
    """Frameworks tidy up after Python has ended. The work is done, and its result is out: a signal changes neither."""
    command = [sys.executable, "-c", AT_THE_END]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"down")
        for sent in SAID:
            process.send_signal(sent)
        process.stdin.close()
        assert process.wait(60) == 0
