"""What is opened from outside: it is judged first, however it is named, and a mistake is told at once."""

from __future__ import annotations

import difflib
import io
import os
import socket
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st

from layerctl.analysis.data import archives
from layerctl.api.check import check
from layerctl.base import arrays, folders, reading
from layerctl.compiler.locate import CannotLocate, SpecFile, discover, find
from layerctl.compiler.pipeline import compile_bytes, compile_text
from layerctl.diagnostics import Diagnostic
from layerctl.diagnostics.spelling import did_you_mean
from tests.command_line import CommandLine
from tests.data_files import FITS, archive, every, four, npy, patched, png, text, texts

SPEC = "inputs: {x: [4]}\nlayers:\n  - Dense: 2\n"
SMALL = reading.Limit("LAYERCTL_MAX_TEST", 1000)
QUICK = options(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")


def special(kind: str, path: Path) -> None:
    """Makes a file that is none."""
    if kind == "a named pipe":
        os.mkfifo(path)
    elif kind == "a device":
        path.symlink_to("/dev/zero")
    elif kind == "a socket":
        made = Path(f"/tmp/{os.getpid()}-{os.urandom(4).hex()}")  # a socket's path must be short
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(made))
        path.symlink_to(made)


SPECIAL = pytest.mark.parametrize("kind", ["a named pipe", "a device", "a socket"])

# One file


@SPECIAL
def test_only_regular_files_are_opened(kind: str, tmp_path: Path) -> None:
    special(kind, tmp_path / "x")
    (tmp_path / "link").symlink_to(tmp_path / "x")
    for path in (tmp_path / "x", tmp_path / "link"):
        with pytest.raises(reading.Refused, match=kind):
            reading.opened(path)
    with pytest.raises(IsADirectoryError):
        reading.head(tmp_path, 1)


def test_the_size_is_judged_before_a_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sparse"
    path.touch()
    os.truncate(path, 20 * 1024**3)
    with pytest.raises(reading.Refused, match=r"20\.0 GiB; the limit is 1,?000 B") as caught:
        reading.whole(path, SMALL)
    assert caught.value.help == "`LAYERCTL_MAX_TEST=20GiB` in the environment raises the limit"
    os.truncate(path, 1001)
    with pytest.raises(reading.Refused):
        reading.whole(path, SMALL)
    monkeypatch.setenv("LAYERCTL_MAX_TEST", "1KiB")
    assert len(reading.whole(path, SMALL)) == 1001


def test_the_advice_on_a_limit_of_nothing_raises_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERCTL_MAX_TEST", "0")
    with pytest.raises(reading.Refused) as caught:
        SMALL.check_read(b"text")
    assert caught.value.help == "`LAYERCTL_MAX_TEST=1000` in the environment raises the limit"


def test_a_stream_that_never_ends_is_left_at_the_limit() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return bytes(size)

    with pytest.raises(reading.Refused, match="more than"):
        reading.everything(Endless(), SMALL)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "most"),
    [("8GiB", 8 * 1024**3), ("2M", 2 * 10**6), ("1.5k", 1500), ("7", 7), ("1 TiB", 1024**4), ("", 1000)],
)
def test_the_environment_sets_a_limit(value: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERCTL_MAX_TEST", value)
    assert SMALL.most() == most


@pytest.mark.parametrize("value", ["much", "-1", "1.5.2", "8GiBs", "8GB", "٣", "9" * 500])
def test_a_setting_that_is_no_size(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERCTL_MAX_TEST", value)
    with pytest.raises(reading.Refused, match="LAYERCTL_MAX_TEST"):
        SMALL.most()


# Specs


@pytest.mark.parametrize("text", ["null", "hello", "3", "- a", "[]"])
def test_what_is_no_spec_is_told_at_its_own_place(cli: CommandLine, text: str) -> None:
    cli.write("m.yaml", text)
    done = cli("check", "m.yaml", "--set", "train.epochs=3")
    assert (done.status, done.out.count("error["), "error[LC204]: a spec is a mapping" in done.out) == (1, 1, True), done
    assert " --> m.yaml:1:1" in done.out


@SPECIAL
def test_a_folder_with_a_special_file_is_checked(kind: str, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SPEC)
    special(kind, tmp_path / "x.yaml")
    first, second = sorted(discover([str(tmp_path)]), key=lambda found: isinstance(found, CannotLocate))
    assert isinstance(first, SpecFile)
    assert isinstance(second, CannotLocate)
    assert kind in second.message
    with pytest.raises(CannotLocate, match=kind):
        find(str(tmp_path / "x.yaml"))
    with pytest.raises(CannotLocate) as caught:
        find(str(tmp_path / "mm.yaml"))
    assert caught.value.help == f"did you mean `{tmp_path}/m.yaml`?"


def test_a_spec_that_is_too_large_is_told_with_what_raises_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "big.yaml"
    path.touch()
    os.truncate(path, 20 * 1024**3)
    monkeypatch.setenv("LAYERCTL_MAX_TEXT", "1KiB")
    assert len(find(str(path)).data) == 1025
    (found,) = check(path).diagnostics
    assert (found.code.id, "LAYERCTL_MAX_TEXT=2KiB" in str(found.help)) == ("LC107", True)


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A folder with 1,500 others one in the other, and a spec in the last."""
    paths = [tmp_path / "t"]
    for _ in range(1500):
        paths.append(paths[-1] / "d")
    for path in paths:
        path.mkdir()
    (paths[-1] / "x.yaml").write_text(SPEC)
    yield paths[0]
    subprocess.run(["rm", "-rf", paths[0]], check=True)  # pytest would do so by recursion


def test_a_very_deep_folder_is_searched(deep: Path) -> None:
    (found,) = discover([str(deep)])
    assert isinstance(found, SpecFile)
    assert found.path.endswith("/d/x.yaml")


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    told: list[OSError] = []
    walked = list(folders.walk(tmp_path / "nothing", told.append, lambda name: True))
    assert (walked, [type(error) for error in told]) == ([], [FileNotFoundError])


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "circle").symlink_to(tmp_path)
    (tmp_path / "a" / "z.yaml").touch()
    walked = list(folders.walk(tmp_path, lambda error: None, lambda name: name != "b"))
    assert walked == [(str(tmp_path), ["a"], []), (str(tmp_path / "a"), ["circle"], ["z.yaml"])]


# Includes


def chain(folder: Path, count: int) -> tuple[Diagnostic, ...]:
    for number in range(count):
        more = f"include: [c{number + 1}.yaml]\n" if number < count - 1 else ""
        (folder / f"c{number}.yaml").write_text(f"{more}blocks: {{k{number}: {{layers: [{{Dense: 2}}]}}}}\n")
    text = f"include: [c0.yaml]\ninputs: {{x: [4]}}\nlayers: [k{count - 1}]\n"
    return compile_bytes(str(folder / "m.yaml"), text.encode()).diagnostics


def test_includes_one_within_the_other(tmp_path: Path) -> None:
    assert chain(tmp_path, 900) == ()
    (found,) = chain(tmp_path, 1500)
    assert (found.code.id, "1,000 files" in found.message) == ("LC312", True)


def test_a_long_chain_of_links_is_told(tmp_path: Path) -> None:
    (tmp_path / "l0.yaml").write_text("blocks: {k: {layers: [{Dense: 2}]}}\n")
    for number in range(1500):
        (tmp_path / f"l{number + 1}.yaml").symlink_to(f"l{number}.yaml")
    text = "include: [l1500.yaml]\ninputs: {x: [4]}\nlayers: [k]\n"
    found, *_ = compile_bytes(str(tmp_path / "m.yaml"), text.encode()).diagnostics
    assert (found.code.id, "symbolic links" in found.message) == ("LC312", True)


def test_included_files_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text(f"blocks: {{{name}: {{layers: [{{Dense: 2}}]}}}}\n" + "#" * 400)
    monkeypatch.setenv("LAYERCTL_MAX_TEXT", "1000")
    spec = b"include: [a.yaml, b.yaml, c.yaml]\ninputs: {x: [4]}\nlayers: [a, b]\n"
    (found,) = compile_bytes(str(tmp_path / "m.yaml"), spec).diagnostics
    assert (found.code.id, "c.yaml: the included files have together" in found.message) == ("LC312", True)


# Names


def many(count: int, name: Callable[[int], str]) -> str:
    layers = [f"  - {{Dense: 2, name: {name(at)}}}" for at in range(count)]
    return "inputs: {x: [4]}\nlayers:\n" + "\n".join(layers + [f"  - {{Dense: 2, inputs: {name(at)}x}}" for at in range(count)])


@pytest.mark.parametrize(
    "name", [lambda at: f"{'n' * 60}{at}", lambda at: f"{at:05}".translate(str.maketrans("0123456789", "abcdefghij")) * 9]
)
def test_very_many_wrong_names_are_told_soon(name: Callable[[int], str]) -> None:
    text = many(1000, name)
    begin = time.process_time()
    told = compile_text(text).diagnostics
    assert time.process_time() - begin < 6  # with a full comparison of each two names it is minutes
    assert len([one for one in told if one.code.id == "LC302"]) == 1000
    assert all("did you mean" in str(one.help) or "known names" in str(one.help) for one in told if one.is_error)


@QUICK
@given(st.text("abcd_", min_size=1, max_size=12), st.lists(st.text("abcd_", max_size=12), max_size=8))
def test_a_name_that_difflib_finds_near_is_found(name: str, known: list[str]) -> None:
    near = difflib.get_close_matches(name, known, 1, 0.6)
    found = did_you_mean(name, known)
    assert found is not None or not near
    assert found is None or found in known


# Data


def judged(folder: Path, make: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch, limit: str = "") -> list[Diagnostic]:
    """What is said of an archive before its values are read; with a limit as when they are to be read."""
    from layerctl.analysis.data.wanted import Slot, Target, Wanted
    from layerctl.base.source import Source, Span
    from layerctl.diagnostics.errors import SpecError

    make(folder)
    wanted = Wanted(
        (Slot("", (None,), "float32"),), (Target("", (1,), "values", ""),), False, Span(Source("d", ""), 0, 0), "d.npz"
    )
    monkeypatch.setenv("LAYERCTL_MAX_DATA", limit)
    try:
        archives.judged(folder / "d.npz", wanted, reading.DATA)
    except SpecError as error:
        return list(error.diagnostics)
    return []


def packed(method: int) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        with zipfile.ZipFile(folder / "d.npz", "w", method) as file:
            for name in archives.KEYS:
                file.writestr(f"{name}.npy", npy((4, 3) if name.startswith("x") else (4,)))

    return make


def raw_beside(folder: Path) -> None:
    four((3,))(folder)
    with zipfile.ZipFile(folder / "d.npz", "a") as file:
        file.writestr("x_train", b"what NumPy would take in place of the array")


def parts(**changed: bytes) -> Callable[[Path], object]:
    whole = {"x_train": npy((4, 3)), "y_train": npy((4,), "<i8"), "x_test": npy((4, 3)), "y_test": npy((4,), "<i8")}
    return archive("d.npz", **{**whole, **changed})


ODD = {
    "an array named as an archive": (text("d.npz", npy((4, 3))), "a single array"),
    "an encrypted member": (patched(8, 6, 1), "encrypted"),
    "an unknown compression": (patched(10, 8, 99), "number 99"),
    "a compression that NumPy does not use": (packed(zipfile.ZIP_LZMA), "number 14"),
    "an empty member": (parts(x_train=b""), "`x_train`: it holds no array"),
    "empty names of classes": (parts(classes=b""), "`classes`: it holds no array"),
    "a member beside an array of its name": (raw_beside, "two arrays `x_train`"),
    "texts and numbers": (parts(y_train=texts("a", "b", "c", "d")), "`y_train` of"),
    "texts in the validation part": (parts(x_val=npy((1, 3)), y_val=texts("a")), "are texts, those in `y_train` are numbers"),
    "dates as labels": (parts(y_train=npy((4,), "<M8", bytes(32))), "numbers or texts"),
    "spans of time as labels": (parts(y_test=npy((4,), "<m8", bytes(32))), "numbers or texts"),
    "complex labels": (parts(y_train=npy((4,), "<c8", bytes(32))), "complex64"),
    "bytes that are nothing": (text("d.npz", b"PK\3\4" + bytes(range(256)) * 9), "cannot be read as an .npz archive"),
    "Python objects": (parts(y_train=npy((4,), "|O", b"")), "never unpickled"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_archive_is_told(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make, words = ODD[name]
    (found,) = judged(tmp_path, make, monkeypatch)
    assert (found.code.id, words in found.message) == ("LC652", True), found.message


@pytest.mark.parametrize(
    "make", [four((3,)), packed(zipfile.ZIP_DEFLATED), parts(y_train=npy((4,), "|b1"), y_test=npy((4,), "<u8"))]
)
def test_a_usual_archive_is_read(make: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(tmp_path, make, monkeypatch) == []


def test_what_an_archive_unpacks_to_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = {"x_train": npy((10**9, 3), values=b""), "y_train": npy((10**9,), "<i8", b"")}
    (found,) = judged(tmp_path, parts(**huge), monkeypatch)
    assert "its arrays have 18.6 GiB; the limit is 4.0 GiB" in found.message
    assert str(found.help) == "`LAYERCTL_MAX_DATA=19GiB` in the environment raises the limit"
    assert judged(tmp_path, parts(**huge), monkeypatch, "19GiB") == []


@pytest.mark.parametrize(
    ("dtype", "size"), [("<f8", 8), ("|b1", 1), ("<U5", 20), ("|S5", 5), ("<f2", 2), ("|u1", 1), ("<c16", 16), ("<M8[ns]", 8)]
)
def test_the_size_of_an_array_is_known_from_its_head(dtype: str, size: int, tmp_path: Path) -> None:
    head = b"{'descr': '%s', 'fortran_order': False, 'shape': (3, 5), }" % dtype.encode()
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head)
    found = arrays.single(tmp_path / "a.npy")
    assert found is not None
    assert found.size == 15 * size


@QUICK
@given(st.data())
def test_any_bytes_are_an_archive_or_none(tmp_path: Path, data: st.DataObject) -> None:
    make = data.draw(st.sampled_from([four((3,)), packed(zipfile.ZIP_DEFLATED), parts(y_train=texts("a", "b", "c", "d"))]))
    make(tmp_path)
    content = bytearray((tmp_path / "d.npz").read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "d.npz").write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with pytest.MonkeyPatch.context() as patch:
        (tmp_path / "spec.yaml").write_text(FITS["an archive"].text())
        patch.chdir(tmp_path)
        assert all(found.code.id.startswith("LC6") for found in check("spec.yaml").diagnostics)


def test_pictures_that_are_no_files_are_told(tmp_path: Path) -> None:
    for name, kind in (("1.png", "a named pipe"), ("2.png", "a device")):
        folder = tmp_path / kind.split()[-1]
        (folder / "i" / "cat").mkdir(parents=True)
        special(kind, folder / "i" / "cat" / name)
        (folder / "spec.yaml").write_text(FITS["pictures"].text())
        (found,) = check(folder / "spec.yaml").diagnostics
        assert (found.code.id, kind in found.message) == ("LC652", True)


def test_a_table_of_very_many_columns_is_judged_soon(tmp_path: Path) -> None:
    count = 40_000
    rows = "\n".join(",".join("abc"[(at + row) % 3] for at in range(count)) for row in range(8))
    (tmp_path / "t.csv").write_text(",".join(f"c{at}" for at in range(count)) + "\n" + rows + "\n")
    data = f"{{path: t.csv, target: c5, columns: [{', '.join(f'c{at}' for at in range(38_000, count))}]}}"
    layers = "{Dense: {units: 3, activation: softmax}}"
    text = f"inputs: {{x: [7]}}\nlayers: [{layers}]\ntrain: {{loss: sparse_categorical_crossentropy, data: {data}}}\n"
    (tmp_path / "spec.yaml").write_text(text)
    begin = time.process_time()
    (found,) = check(tmp_path / "spec.yaml").diagnostics
    assert time.process_time() - begin < 20  # looked up in lists, it was minutes
    assert found.message.endswith("the input `x` is (batch, 7)")


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    every(text("t.csv", bytes(3000)))(tmp_path)
    (tmp_path / "spec.yaml").write_text(FITS["a table"].text())
    (found,) = check(tmp_path / "spec.yaml").diagnostics
    assert (found.code.id, "holds a NUL byte" in found.message) == ("LC652", True)


def test_a_long_cell_is_no_mistake(tmp_path: Path) -> None:
    rows = "name,a,b,kind\n" + f"{'x' * 200_000},1,2,no\n" + "y,1,2,yes\n" * 30
    (tmp_path / "t.csv").write_text(rows)
    data = "{path: t.csv, target: kind, columns: [a, b, name], categorical: {name: index}}"
    (tmp_path / "spec.yaml").write_text(FITS["a table"]._replace(data=data).text())
    assert [found for found in check(tmp_path / "spec.yaml").diagnostics if found.is_error] == []


def test_a_small_picture_is_one(tmp_path: Path) -> None:
    from layerctl.base.pictures import damage

    (tmp_path / "a.png").write_bytes(png())
    assert damage(tmp_path / "a.png") is None
