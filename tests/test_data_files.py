"""What `check` says of the files that a spec names, without NumPy; `tests/runtime/test_look.py` holds training against it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from layerctl.api.check import check
from layerctl.base.arrays import LARGEST_DIRECTORY, LONGEST_HEAD
from layerctl.diagnostics import Diagnostic
from tests.data_files import CLASSES, FITS, REFUSED, SPARSE, TABLE, Case, archive, four, npy, patched, text


def said(case: Case, folder: Path) -> list[Diagnostic]:
    case.make(folder)
    (folder / "spec.yaml").write_text(case.text())
    return list(check(folder / "spec.yaml").diagnostics)


@pytest.mark.parametrize("name", FITS)
def test_nothing_is_said_of_data_that_fit(name: str, tmp_path: Path) -> None:
    assert [diagnostic.message for diagnostic in said(FITS[name], tmp_path)] == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_said(name: str, tmp_path: Path) -> None:
    case = REFUSED[name]
    (found,) = said(case, tmp_path)
    assert found.code.id == case.code
    assert all(word in f"{found.message} {found.help}" for word in case.words), f"{found.message} {found.help}"
    assert found.span.begin.line == 3
    assert case.place in ("", found.span.text)


def test_a_model_is_made_without_its_data(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(REFUSED["no file"].text())
    checked = check(tmp_path / "spec.yaml")
    assert not checked.ok
    assert checked.accepted().model.graph.name == "spec"


def test_a_comment_says_that_data_are_not_there(tmp_path: Path) -> None:
    lines = REFUSED["no file"].text().rstrip("\n") + "  # layerctl: ignore[LC651]\n"
    (tmp_path / "spec.yaml").write_text(lines)
    assert check(tmp_path / "spec.yaml").ok


def test_a_model_with_a_mistake_does_not_judge_its_data(tmp_path: Path) -> None:
    case = REFUSED["a table that is too narrow"]
    assert [one.code.id for one in said(case._replace(layers="{Dense: {units: 2, unit: 3}}"), tmp_path)] == ["LC201"]
    found = said(REFUSED["no file"]._replace(layers="{Dense: {units: 2, unit: 3}}"), tmp_path)
    assert [one.code.id for one in found] == ["LC201", "LC651"]


def test_a_limit_leaves_the_width_of_words_open(tmp_path: Path) -> None:
    """A few rows may hold fewer words than all."""
    case = REFUSED["words that make more values"]
    assert said(case._replace(train="limit: 5"), tmp_path) == []
    assert said(REFUSED["a table that is too narrow"]._replace(train="limit: 5"), tmp_path) != []


def test_the_current_directory_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    text("t.csv", TABLE)(tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    case = FITS["a table"]._replace(make=lambda folder: None)
    assert said(case, tmp_path) == []
    text("t.csv", TABLE.replace("kind", "sort"))(tmp_path)  # beside the spec, but not in the current directory
    assert check(tmp_path / "spec.yaml").ok


@pytest.mark.parametrize(
    ("header", "help"),
    [
        ("name,a,kind", "its columns: `name`, `a`, `kind`"),
        ("incomes,name,a,kind", "did you mean `incomes`?"),
        ("kind,nam", "its columns: `kind`, `nam`"),
    ],
)
def test_a_column_of_the_table_is_no_misspelling_of_another(header: str, help: str, tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "t.csv").write_text("income,name,a,kind\n" + "1,2,3,no\n2,3,4,yes\n" * 20)
        (folder / "v.csv").write_text(f"{header}\n" + ",".join("1" for _ in header.split(",")) + "\n")

    (found,) = said(Case(make, "{path: t.csv, validation: v.csv}"), tmp_path)
    assert (found.code.id, "v.csv has no column" in found.message, found.help) == ("LC659", True, help)


def test_columns_that_are_hardly_categories_are_named_where_there_are_too_many(tmp_path: Path) -> None:
    """Also where the number of values is not known: of 40 different texts, 8 may stand in the test part alone."""

    def make(folder: Path) -> None:
        rows = (f"{row},C{row},{row % 7},2024-{row % 12 + 1:02}-{row % 28 + 1:02},{row % 2}\n" for row in range(40))
        (folder / "t.csv").write_text(",id,a,joined,kind\n" + "".join(rows))

    (found,) = said(Case(make, "t.csv", inputs="x: [2]"), tmp_path)
    assert (found.code.id, "at least 66 values" in found.message, found.help is not None) == ("LC653", True, True)
    for words in ("drop: ['Unnamed: 0']", "drop: [id]", "dates: [joined]"):
        assert words in str(found.help)


def test_a_path_is_named_without_ways_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    case = FITS["a table"]._replace(make=lambda folder: None, data="../t.csv")
    (tmp_path / "specs" / "spec.yaml").write_text(case.text())
    (tmp_path / "t.csv").write_text("a,b,c,kind\n1,,3,no\n" + "2,3,4,yes\n" * 20)
    (found,) = check("specs/spec.yaml").diagnostics
    assert "the first is in t.csv:2" in found.message
    (tmp_path / "specs").rename(tmp_path / "elsewhere" / "deep" / "specs")
    (tmp_path / "specs").symlink_to(tmp_path / "elsewhere" / "deep" / "specs")
    (tmp_path / "t.csv").rename(tmp_path / "elsewhere" / "deep" / "t.csv")  # what `..` of a link is, is its target's
    (found,) = check("specs/spec.yaml").diagnostics
    assert "the first is in specs/../t.csv:2" in found.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
@pytest.mark.parametrize(("name", "data"), [("t.csv", "t.csv"), ("d.npz", "d.npz"), ("i", "{path: i, format: images}")])
def test_only_files_and_directories_are_opened(name: str, data: str, tmp_path: Path) -> None:
    (found,) = said(Case(lambda folder: os.mkfifo(folder / name), data), tmp_path)
    assert (found.code.id, "neither a file nor a directory" in found.message) == ("LC651", True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_picture_that_is_no_file_is_not_opened(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "i" / "cat").mkdir(parents=True)
        os.mkfifo(folder / "i" / "cat" / "a.png")

    (found,) = said(FITS["pictures"]._replace(make=make), tmp_path)
    assert (found.code.id, "a.png cannot be read as an image: it is a named pipe" in found.message) == ("LC652", True)


def damaged(change: str) -> bytes:
    """An array whose head is not as it should be."""
    whole = npy((9, 3))
    return {
        "empty": b"",
        "cut off": whole[:40],
        "endless": whole[:8] + b"\xff\xff" + b"[" * 70_000,
        "no shape": whole.replace(b"'shape': (9, 3)", b"'shape': None  "),
        "a call": whole.replace(b"'shape': (9, 3)", b"'shape': exit()"),
        "negative": whole.replace(b"'shape': (9, 3)", b"'shape': (9,-3)"),
    }[change]


@pytest.mark.parametrize("change", ["empty", "cut off", "endless", "no shape", "a call", "negative"])
def test_a_damaged_head_is_a_mistake(change: str, tmp_path: Path) -> None:
    arrays = {"x_train": damaged(change), "y_train": npy((9,), "<i8"), "x_test": npy((9, 3)), "y_test": npy((9,), "<i8")}
    (found,) = said(Case(archive("d.npz", **arrays), "d.npz"), tmp_path)
    assert (found.code.id, "cannot be read as an .npz archive" in found.message) == ("LC652", True)
    assert LONGEST_HEAD < 70_000


def test_an_archive_with_endless_members_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert LARGEST_DIRECTORY >= 2**20
    monkeypatch.setattr("layerctl.base.arrays.LARGEST_DIRECTORY", 100)
    (found,) = said(Case(four((3,)), "d.npz"), tmp_path)
    assert (found.code.id, "list of members is too large" in found.message) == ("LC652", True)


@pytest.mark.parametrize(("central", "local", "value"), [(8, 6, 1), (10, 8, 99)], ids=["encrypted", "packed in another way"])
def test_unusual_members_are_a_mistake(central: int, local: int, value: int, tmp_path: Path) -> None:
    (found,) = said(Case(patched(central, local, value), "d.npz"), tmp_path)
    assert found.code.id == "LC652"


def test_large_arrays_cost_nothing(tmp_path: Path) -> None:
    """Only the head of an array is unpacked."""

    def make(folder: Path) -> None:
        with zipfile.ZipFile(folder / "d.npz", "w", zipfile.ZIP_DEFLATED) as file:
            for key, shape in (("x_train", (10**9, 3)), ("x_test", (9, 3))):
                file.writestr(f"{key}.npy", npy(shape, values=bytes(2**20)))
            for key, count in (("y_train", 10**9), ("y_test", 9)):
                file.writestr(f"{key}.npy", npy((count,), "<i8", values=b""))

    assert said(Case(make, "d.npz"), tmp_path) == []


def test_a_table_in_quotes_is_cut_at_any_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read of a long table may end within quotes, or within a letter of several bytes."""
    content = "a,b,c,kind\n" + '1,2,"3\n",nö\n2,3,"4\n",ja\n' * 300
    (tmp_path / "t.csv").write_text(content, encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(Case(lambda folder: None, "{path: t.csv, target: kind}", "x: [2]").text())
    for most in range(6000, 6030):
        monkeypatch.setattr("layerctl.analysis.data.tables.MOST", most)
        (found,) = check(tmp_path / "spec.yaml").diagnostics
        assert (found.code.id, "at least 3" in found.message) == ("LC653", True)


def test_too_few_rows_of_a_long_table_say_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More is read of a table with long rows; of one whose rows are longer still nothing is said."""
    monkeypatch.setattr("layerctl.analysis.data.tables.MOST", 100)
    assert [one.code.id for one in said(REFUSED["a table that is too narrow"], tmp_path)] == ["LC653"]
    monkeypatch.setattr("layerctl.analysis.data.tables.WIDE", 200)
    assert said(REFUSED["a table that is too narrow"], tmp_path) == []


def modules(folder: Path) -> set[str]:
    code = "import sys; from layerctl.api.check import check; check('spec.yaml'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


def test_nothing_more_is_loaded_without_data_by_path(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(f"inputs: {{x: [3]}}\nlayers: [{CLASSES}]\ntrain: {{data: synthetic, loss: {SPARSE}}}\n")
    loaded = modules(tmp_path)
    assert not [name for name in loaded if name.startswith("layerctl.analysis.data")]
    assert not loaded & {"numpy", "layerctl.base.arrays", "layerctl.base.pictures"}
    (tmp_path / "spec.yaml").write_text(FITS["an archive"].text())
    FITS["an archive"].make(tmp_path)
    loaded = modules(tmp_path)
    assert "layerctl.base.arrays" in loaded
    assert "numpy" not in loaded
