"""What a user names for output: replaced only if it is a regular file or absent, else written to as it is, or refused."""

from __future__ import annotations

import ast
import errno
import os
import resource
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from layerctl.base import files
from layerctl.base.files import check_place, left_behind, replacing, temporary_name, write_whole
from layerctl.diagnostics.errors import NoRoom, UsageError, check_output, writing
from tests.command_line import CommandLine

pytestmark = pytest.mark.skipif(os.name != "posix", reason="devices and named pipes are files of POSIX systems")
SPEC = "inputs: {x: [4]}\nlayers:\n  - Dense: 2\n"
COMMANDS = {
    "check": ("check", "m.yaml", "--format", "json", "--output-file"),
    "check in full": ("check", "m.yaml", "--output-file"),
    "schema": ("schema", "--output-file"),
    "build as Python": ("build", "m.yaml", "-o"),
    "build as JSON": ("build", "m.yaml", "-o"),
}
NAMES = {"build as Python": "out.py", "build as JSON": "out.json"}
every_command = pytest.mark.parametrize("command", COMMANDS)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.05)


@pytest.fixture
def program(cli: CommandLine) -> CommandLine:
    cli.write("m.yaml", SPEC)
    return cli


class Reader:
    """Reads a named pipe, or what is sent to a socket, to its end."""

    def __init__(self, read: Callable[[], bytes]) -> None:
        self._read = read
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        self._data = self._read()

    def data(self) -> bytes:
        self._thread.join(10)
        return self._data


def reader(path: Path, kind: str) -> Reader:
    if kind == "FIFO":
        os.mkfifo(path)
        return Reader(path.read_bytes)
    server = socket.socket(socket.AF_UNIX)
    server.bind(os.path.relpath(path))
    server.listen(1)
    server.settimeout(10)

    def read() -> bytes:
        with server, server.accept()[0] as connection, connection.makefile("rb") as content:
            return content.read()

    return Reader(read)


@every_command
@pytest.mark.parametrize("kind", ["FIFO", "socket"])
@pytest.mark.parametrize("link", [False, True])
def test_what_is_no_file_is_written_to(
    command: str, kind: str, link: bool, program: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(program.folder)  # the path of a socket is short
    monkeypatch.setattr(files, "PATIENCE", 5.0)
    name = NAMES.get(command, "out")
    reading = reader(program.folder / (f"real-{name}" if link else name), kind)
    if link:
        os.symlink(f"real-{name}", program.folder / name)
    before = os.lstat(program.folder / name)
    assert program(*COMMANDS[command], name).status == 0
    assert os.path.samestat(os.lstat(program.folder / name), before)
    to_file = (*COMMANDS[command], f"file-{name}")
    assert program(*to_file).status == 0
    assert reading.data() == (program.folder / f"file-{name}").read_bytes()


@every_command
def test_a_device_stays_one(command: str, program: CommandLine) -> None:
    name = NAMES.get(command, "null")
    os.symlink("/dev/null", program.folder / name)
    assert program(*COMMANDS[command], name).status == 0
    assert os.readlink(program.folder / name) == "/dev/null"
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    if os.geteuid() == 0:
        node = program.folder / f"node-{name}"
        try:
            os.mknod(node, 0o020666, os.makedev(1, 3))
        except PermissionError:
            return
        assert program(*COMMANDS[command], node.name).status == 0
        assert stat.S_ISCHR(os.lstat(node).st_mode)


def directory(path: Path) -> None:
    path.mkdir()


def circle(path: Path) -> None:
    path.symlink_to("other")
    (path.parent / "other").symlink_to(path.name)


def chain(path: Path) -> None:
    """So many links that following them by recursion fails."""
    names = ["end", *(f"link-{number}" for number in range(1500)), path.name]
    for target, name in pairwise(names):
        (path.parent / name).symlink_to(target)


def full(path: Path) -> None:
    path.symlink_to("/dev/full")


def nobody(path: Path) -> None:
    os.mkfifo(path)


def silent(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)
    socket.socket(socket.AF_UNIX).bind(path.name)
    os.chdir(here)


def leads_nowhere(path: Path) -> None:
    path.symlink_to("none/file")


MISTAKES: dict[str, tuple[Callable[[Path], None], int, str, str]] = {
    "a directory": (directory, 2, "it is a directory", "name a file in it"),
    "links in a circle": (circle, 2, "too many levels of symbolic links", "it is a link that leads to itself"),
    "a long chain of links": (chain, 2, "too many levels of symbolic links", "or through too many others"),
    "a full device": (full, 1, "no space left on device", "make room"),
    "a FIFO that nobody reads": (nobody, 2, "nobody reads this named pipe", "start what reads it first"),
    "a socket where nobody listens": (silent, 2, "connection refused", "start the program that listens there"),
    "a link into no directory": (leads_nowhere, 2, "no such file or directory", "create its directory: mkdir -p "),
}


@every_command
@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_cannot_be_written_is_said_in_a_line_with_help(command: str, mistake: str, program: CommandLine) -> None:
    make, status, reason, help = MISTAKES[mistake]
    name = NAMES.get(command, "out")
    make(program.folder / name)
    before = sorted(os.listdir(program.folder))
    done = program(*COMMANDS[command], name)
    assert (done.status, done.err.splitlines()[0]) == (status, f"error: cannot write {name}: {reason}")
    assert help in done.err.splitlines()[1]
    assert len(done.err.splitlines()) == 2
    assert sorted(os.listdir(program.folder)) == before


@every_command
def test_a_name_that_is_too_long(command: str, program: CommandLine) -> None:
    name = "x" * 300 + NAMES.get(command, "")
    done = program(*COMMANDS[command], name)
    assert (done.status, done.err) == (
        2, f"error: cannot write {name}: file name too long\n  = help: choose a shorter name\n"
    )  # fmt: skip


@pytest.mark.parametrize("letter", ["x", "ä", "字", "🙂"])
def test_a_name_that_is_just_not_too_long(letter: str, tmp_path: Path) -> None:
    path = tmp_path / f"{letter * (250 // len(letter.encode()))}.json"
    write_whole(path, "text")
    assert [(found, found.read_text()) for found in tmp_path.iterdir()] == [(path, "text")]


def test_a_link_to_no_file_makes_the_file(program: CommandLine) -> None:
    (program.folder / "out").symlink_to("real")
    assert program("schema", "--output-file", "out").status == 0
    assert (program.folder / "out").is_symlink()
    assert (program.folder / "real").stat().st_size > 1000


def test_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o600)
    write_whole(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("to", ["file", "pipe", "socket"])
@pytest.mark.skipif(sys.platform != "linux", reason="where these names exist")
def test_standard_output_by_its_name(name: str, to: str, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SPEC)
    command = [sys.executable, "-m", "layerctl", "check", "m.yaml", "--output-file", name]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    here, there = socket.socketpair()
    if to == "file":
        with open(tmp_path / "out", "w+b") as out:
            out.write(b"before\n")
            out.flush()
            subprocess.run(command, cwd=tmp_path, env=environment, stdout=out, check=True)
            out.seek(0)
            said = out.read().removeprefix(b"before\n")
        assert (tmp_path / "out").read_bytes() == b"before\n" + said
    elif to == "pipe":
        said = subprocess.run(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, check=True).stdout
    else:
        subprocess.run(command, cwd=tmp_path, env=environment, stdout=there, check=True)
        said = here.recv(1000)
    here.close()
    there.close()
    assert said.strip() == b"1 spec checked, no mistakes"


@contextmanager
def small_files() -> Iterator[None]:
    """No file may have more than 1000 bytes; no longer than needed, since the tests' own output can be a file too."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_cannot_be_completed_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("old")
    with (
        pytest.raises(NoRoom, match=r"cannot write .*out: file too large") as error,
        small_files(),
        writing(tmp_path / "out"),
    ):
        write_whole(tmp_path / "out", "x" * 5000)
    assert error.value.help == "raise the limit of a file's size, `ulimit -f`"
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out", "old")]


def test_init_leaves_no_half_spec(cli: CommandLine) -> None:
    with small_files():
        done = cli("init")
    assert (done.status, done.err.count("\n")) == (1, 2)
    assert [path for path in cli.folder.rglob("*") if path.is_file()] == []


def test_what_is_new_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "a", "first", new=True)
    for _ in range(2):
        with pytest.raises(FileExistsError):
            write_whole(tmp_path / "a", "second", new=True)

        def no_links(source: str, target: str) -> None:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(files.os, "link", no_links)
    write_whole(tmp_path / "b", "third", new=True)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "first", "b": "third"}


def test_a_link_that_is_replaced_by_itself_leaves_nothing(tmp_path: Path) -> None:
    """`rename` does nothing where both names are of the same file."""
    (tmp_path / "a").write_text("text")
    with replacing(tmp_path / "a") as temporary:
        os.link(tmp_path / "a", temporary)
    assert os.listdir(tmp_path) == ["a"]


def test_places_are_checked_before_the_work(tmp_path: Path) -> None:
    check_output(tmp_path / "new")
    check_place(tmp_path / "new")
    assert os.listdir(tmp_path) == []
    for path in (tmp_path, tmp_path / "none" / "file", tmp_path / ("x" * 300)):
        with pytest.raises(UsageError) as error:
            check_output(path)
        assert error.value.help


def test_what_killed_processes_left_is_removed(tmp_path: Path) -> None:
    """By the next one that writes the same file; what a process still writes, or one of another machine wrote, stays."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = temporary_name("a.keras").replace(str(os.getpid()), str(dead.pid))
    machine = files._machine()
    elsewhere = left.replace(f"-{machine}", "-" + "".join("0" if digit != "0" else "1" for digit in machine))
    ours = temporary_name("a.keras")
    for name in (left, elsewhere, ours, left.replace("a.keras", "b.keras")):
        (tmp_path / name).touch()
    assert {os.path.basename(path) for path in left_behind(tmp_path)} == {left, left.replace("a.keras", "b.keras")}
    write_whole(tmp_path / "a.keras", "")
    assert set(os.listdir(tmp_path)) == {"a.keras", elsewhere, ours, left.replace("a.keras", "b.keras")}


PACKAGE = Path(files.__file__).parents[1]
WRITES = {"write_text", "write_bytes", "tofile", "mkstemp", "NamedTemporaryFile"}
WRITERS = {"savefig": "out", "save": "temporary", "savez": "file", "savez_compressed": "out", "save_weights": "memory"}
"""Methods that write, with the only argument that they get: a temporary file, or one in memory."""


def unguarded(path: Path) -> Iterator[str]:
    """The calls that write a file in another way than by `base/files.py`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        words = [ast.unparse(argument) for argument in node.args]
        descriptor = any(keyword.arg == "closefd" for keyword in node.keywords)
        mode = next((word.strip("\"'") for word in words if word.strip("\"'") in MODES), "")
        if (
            name in WRITES
            or (name in ("open", "File") and not descriptor and set(mode) & set("wax+") and words[0] != "temporary")
            or (isinstance(node.func, ast.Attribute) and name in WRITERS and words and words[0] != WRITERS[name])
            or ast.unparse(node.func) in ("os.replace", "os.rename", "shutil.move")
        ):
            yield f"{path.relative_to(PACKAGE)}:{node.lineno} {ast.unparse(node)}"


MODES = [f"{how}{more}" for how in "rwax" for more in ("", "b", "+", "b+", "+b", "t")]


def test_every_output_is_written_by_one_function() -> None:
    paths = [path for path in PACKAGE.rglob("*.py") if path != Path(files.__file__)]
    found = [call for path in paths for call in unguarded(path)]
    assert not found, "\n".join(found)


def test_that_test_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)
    lines = ("open(path, 'w')", "path.open('ab')", "path.write_text('')", "model.save(path)", "os.replace(a, b)")
    for line in lines:
        (tmp_path / "a.py").write_text(line)
        assert len(list(unguarded(tmp_path / "a.py"))) == 1, line
    (tmp_path / "a.py").write_text("open(path)\nopen(path, 'rb')\nopen(temporary, 'xb')\nmodel.save(temporary)")
    assert not list(unguarded(tmp_path / "a.py"))


def test_the_advice_on_a_directory_makes_it(program: CommandLine) -> None:
    for folder in ("none", "with a space", "$(id)"):
        done = program("check", "m.yaml", "--format", "json", "--output-file", f"{folder}/out.json")
        command = done.err.rpartition("create its directory: ")[2].strip()
        subprocess.run(command, shell=True, check=True, cwd=program.folder)
        assert (program.folder / folder).is_dir()
    done = program("check", "m.yaml", "--format", "json", "--output-file", "/dev/fd/77")
    assert (done.status, "name another place" in done.err) == (2, True), "the directory is there"
