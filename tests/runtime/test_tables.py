"""Headers of tables, columns by name, names of rows, dates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from layerctl.analysis.data.cells import Row, amount, column_names, delimiter, has_header
from layerctl.api.data import data as described
from layerctl.diagnostics.errors import SpecError
from tests.runtime.test_files import FIVE, SOFTMAX, TABLE, read, refusal

pytestmark = pytest.mark.keras
NUMBERS = ["5.1,3.5,0.2", "4.9,3.0,0.2", "7.0,3.2,1.4", "6.3,3.3,2.5"]
WORDS = [f"{row}.5,{row % 7},{('no', 'yes')[row % 2]}" for row in range(20)]
INDEX = [f"{row},{row * 2.5},{('no', 'yes')[row % 2]}" for row in range(20)]

HEADERS = {
    "names": ["a,b,c", *NUMBERS],
    "an empty name": [",b,c", *NUMBERS],
    "an empty name in the middle": ["a,,c", *NUMBERS],
    "an empty name at the end": ["a,b,", *NUMBERS],
    "a number among the names": ["a,2,c", *NUMBERS],
    "a year above numbers": ["country,2019,2020,2021", "NO,1,2,4", "SE,2,3,5"],
    "years and a class": ["2019,2020,kind", *WORDS],
    "repeated names": ["a,a,c", *NUMBERS],
    "the numbers of pandas": ["0,1,2", *NUMBERS],
    "the numbers of pandas beside words": ["0,1,2", *WORDS],
    "the index and the numbers of pandas": [",0,1", *INDEX],
    "the index and a name": [",x,y", *INDEX],
    "the index alone": [",0,kind", *INDEX],
    "a name above a class": ["1,2,kind", *WORDS],
    "words alone": ["name,town", "Ann,Oslo", "Bob,Rome"],
}
NONE = {
    "numbers": NUMBERS,
    "numbers and a class": WORDS,
    "a class of one sample": ["1,2,maybe", "3,4,no", "5,6,yes"],
    "a rare class among few": ["1,2,maybe", *["3,4,no"] * 4],
    "a missing value": ["NA,2,no", *WORDS],
    "no value": [",2,no", *WORDS],
    "numbers from 0": ["0,1,no", *WORDS],
    "two columns from 0": ["0,1", "1,0", "3,1"],
    "words that come again": ["red,no", "blue,yes", "red,yes"],
    "a number among words": ["Ann,3,Oslo", "Bob,4,Rome"],
    "nothing": [],
}


@pytest.mark.parametrize("name", [*HEADERS, *NONE])
def test_whether_the_first_row_is_a_header(name: str) -> None:
    lines = HEADERS.get(name, NONE.get(name, []))
    rows = [Row(line.split(","), number) for number, line in enumerate(lines, 1)]
    assert has_header(rows, ("NA",)) == (name in HEADERS)


def test_columns_without_a_name_get_one() -> None:
    assert column_names(["", "width", ""]) == ["Unnamed: 0", "width", "Unnamed: 2"]


class TestHeaders:
    def test_the_option_decides(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text("\n".join(HEADERS["the numbers of pandas beside words"]))
        for option, count in (("", 20), (", header: true", 20), (", header: false", 21)):
            data = read("x: [2]", SOFTMAX % 3, f"{{path: t.csv{option}}}", folder=tmp_path)
            assert data.train_samples + data.test_samples == count

    def test_numbers_as_names_are_told(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text("\n".join(HEADERS["the numbers of pandas beside words"]))
        (note,) = described(tmp_path / "t.csv").notes
        assert "the first row, `0,1,2`, is taken for names; `header: false`" in note
        assert not described(tmp_path / "t.csv", options=["header=true"]).notes

    def test_repeated_names_are_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text("\n".join(HEADERS["repeated names"]))
        code, message, help = refusal("x: [2]", "{Dense: 1}", "t.csv", "mse", folder=tmp_path)
        assert (code, "called `a`, the columns 0 and 1" in message, "rename one" in help) == ("LC652", True, True)

    def test_a_column_that_counts_the_rows_is_told_and_can_be_left_out(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text("\n".join(HEADERS["the index and a name"]))
        data = read("x: [2]", SOFTMAX % 2, "t.csv", folder=tmp_path)
        assert data.notes == ("the column `Unnamed: 0` only counts the rows: `drop: ['Unnamed: 0']` leaves it out",)
        for drop in ("['Unnamed: 0']", "0"):
            data = read("x: [1]", SOFTMAX % 2, f"{{path: t.csv, drop: {drop}}}", folder=tmp_path)
            assert (data.x_train.shape[1], data.notes) == (1, ())


@pytest.fixture
def people(tmp_path: Path) -> Path:
    rows = (f"u{n * 7},{2020 + n % 3}-{1 + n % 12:02}-{1 + n % 28:02},{n % 9},{('no', 'yes')[n % 2]}\n" for n in range(60))
    (tmp_path / "t.csv").write_text("id,joined,age,label\n" + "".join(rows))
    return tmp_path


class TestNamesOfRows:
    def test_are_told(self, people: Path) -> None:
        notes = read("x: [97]", SOFTMAX % 2, "t.csv", folder=people).notes
        assert any("`id` holds 48 different texts in 48 rows" in note and "`drop: [id]`" in note for note in notes)
        assert any("`joined` holds dates" in note and "`dates: [joined]`" in note for note in notes)

    def test_are_what_is_wrong_with_the_width(self, people: Path) -> None:
        _, message, help = refusal("x: [3]", SOFTMAX % 2, "t.csv", folder=people)
        assert "`id` 48" in message
        assert "drop: [id]" in help
        assert "declare it" not in help

    def test_may_be_meant(self, people: Path) -> None:
        text = "{path: t.csv, categorical: {id: one_hot}, drop: joined}"
        assert not [note for note in read("x: [49]", SOFTMAX % 2, text, folder=people).notes if "different texts" in note]

    def test_few_categories_are_no_names(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text(TABLE)
        assert read(*FIVE, "t.csv", folder=tmp_path).notes == ()

    def test_data_tells_them(self, people: Path) -> None:
        assert sum("`drop: [" in note for note in described(people / "t.csv").notes) == 2
        assert not described(people / "t.csv", options=["drop=[id]", "dates=joined"]).notes

    def test_drop(self, people: Path) -> None:
        assert read("x: [97]", SOFTMAX % 2, "{path: t.csv, drop: null, dates: null}", folder=people).x_train.shape[1] == 97
        assert read("x: [1]", SOFTMAX % 2, "{path: t.csv, drop: [id, joined]}", folder=people).x_train.shape[1] == 1
        code, _, help = refusal("x: [1]", SOFTMAX % 2, "{path: t.csv, drop: [idd]}", folder=people)
        assert (code, help) == ("LC659", "did you mean `id`?")
        assert (
            "`drop` leaves out `label`"
            in refusal("x: [1]", SOFTMAX % 2, "{path: t.csv, drop: label, target: label}", folder=people)[1]
        )


class TestDates:
    def values(self, folder: Path, dates: list[str], parts: str) -> list[list[float]]:
        rows = (f"{at},{row},{('no', 'yes')[row % 2]}\n" for row, at in enumerate(dates * 4))
        (folder / "d.csv").write_text("at,age,label\n" + "".join(rows))
        text = f"{{path: d.csv, columns: at, dates: {parts}, normalize: false, header: true}}"
        width = 4 if parts == "at" else parts.count(",") + 1
        data = read(f"x: [{width}]", SOFTMAX % 2, text, folder=folder)
        return sorted({tuple(row) for row in (*data.x_train.tolist(), *data.x_test.tolist())})

    def test_the_parts_of_a_date(self, tmp_path: Path) -> None:
        assert self.values(tmp_path, ["2024-01-31", "2023-12-04"], "at") == [(2023, 12, 4, 0), (2024, 1, 31, 2)]
        assert self.values(tmp_path, ["1970-01-02 06:30", "1970-01-03"], "{at: [days, hour, minute]}") == [
            (1.2708333730697632, 6, 30),
            (2, 0, 0),
        ]

    @pytest.mark.parametrize(
        ("dates", "expected"),
        [
            (["31.01.2024", "01.02.2024"], [(1, 31), (2, 1)]),
            (["01/31/2024", "02/01/2024"], [(1, 31), (2, 1)]),
            (["31/01/2024", "01/02/2024"], [(1, 31), (2, 1)]),
            (["2024/01/31", "2024/02/01 10:00:00"], [(1, 31), (2, 1)]),
            (["2024-01-31T10:00:00Z", "2024-02-01T00:00:00+02:00"], [(1, 31), (2, 1)]),
        ],
    )
    def test_ways_of_writing_dates(self, dates: list[str], expected: list[tuple[int, int]], tmp_path: Path) -> None:
        assert self.values(tmp_path, dates, "{at: [month, day]}") == expected

    def test_which_number_is_the_month_must_be_clear(self, tmp_path: Path) -> None:
        (tmp_path / "d.csv").write_text("at,label\n" + "01/02/2024,no\n03/04/2024,yes\n" * 5)
        assert (
            "which of the numbers of `at` is the month"
            in refusal("x: [4]", SOFTMAX % 2, "{path: d.csv, dates: at}", folder=tmp_path)[1]
        )

    def test_what_is_no_date(self, people: Path) -> None:
        code, message, _ = refusal("x: [9]", SOFTMAX % 2, "{path: t.csv, dates: id}", folder=people)
        assert (code, "the column `id` of dates holds `u" in message) == ("LC652", True)

    def test_they_are_scaled_as_numbers_are(self, people: Path) -> None:
        data = read("x: [5]", SOFTMAX % 2, "{path: t.csv, drop: id, dates: joined}", folder=people)
        assert np.allclose(data.x_train.mean(axis=0), 0, atol=1e-5)
        column = data.preprocessing.inputs["x"].columns[0]
        assert (column.parts, column.format) == (["year", "month", "day", "weekday"], "iso")


class TestFurtherFiles:
    """Evaluation of another file with the preprocessing of a trained model."""

    @pytest.fixture
    def fitted(self, tmp_path: Path) -> Path:
        (tmp_path / "t.csv").write_text(TABLE)
        return tmp_path

    def refused(self, folder: Path, text: str) -> tuple[str, str]:
        fitted = read(*FIVE, "t.csv", folder=folder).preprocessing
        (folder / "new.csv").write_text(text)
        with pytest.raises(SpecError) as error:
            read(*FIVE, "new.csv", folder=folder, fitted=fitted, whole=True)
        return error.value.diagnostics[0].message, error.value.diagnostics[0].help or ""

    def test_columns_that_are_missing(self, fitted: Path) -> None:
        message, _ = self.refused(fitted, "size,kind\n1,ant\n")
        assert "new.csv has no columns `colour` and `weight`, which the model was trained with" in message
        message, help = self.refused(fitted, "Size,Colour,Weight,Kind\n1,red,2,ant\n2,red,2,ant\n")
        assert "new.csv has no columns `size`" in message
        assert "did you mean `Size`?" in help

    def test_a_target_that_is_missing(self, fitted: Path) -> None:
        assert "no column `kind`" in self.refused(fitted, "size,colour,weight\n1,red,2\n")[0]

    def test_a_column_of_another_kind(self, fitted: Path) -> None:
        assert (
            "the column `weight` holds numbers, but also `heavy`"
            in self.refused(fitted, TABLE.partition("\n")[0] + "\n1,red,heavy,ant\n")[0]
        )

    def test_values_that_training_lacked_are_told(self, fitted: Path) -> None:
        known = read(*FIVE, "t.csv", folder=fitted).preprocessing
        (fitted / "new.csv").write_text("extra,kind,weight,colour,size\n,bee,2.5,pink,1\n,ant,1,red,2\n")
        data = read(*FIVE, "new.csv", folder=fitted, fitted=known, whole=True)
        assert data.notes == ("test part: 1 value of `colour` that the training part lacks becomes all zeros: `pink`",)

    def test_rows_that_are_left_out_are_told(self, fitted: Path) -> None:
        (fitted / "t.csv").write_text(TABLE + "1,,3,ant\n")
        (note,) = read(*FIVE, "{path: t.csv, missing: drop}", folder=fitted).notes
        assert "1 of 41 rows lack a value and are left out" in note


AMOUNTS = {
    "1,5": "1.5", "-0,25": "-0.25", "1,234": "1234", "1.234,56": "1234.56", "1,234.5": "1234.5", "45%": "45", "12.5 %": "12.5",
    "$3.50": "3.50", "3 €": "3", "1 234": "1234", "$1,000,000": "1000000",
}  # fmt: skip
NO_AMOUNTS = ["1.5", "12", "1e5", "1st", "4XL", "10-20", "31.01.2024", "1,2,3", "12:30", "A12", "", "%", "1/2", "3 rooms"]


@pytest.mark.parametrize("cell", [*AMOUNTS, *NO_AMOUNTS])
def test_numbers_that_are_written_in_another_way(cell: str) -> None:
    assert amount(cell) == AMOUNTS.get(cell)


@pytest.mark.parametrize(
    ("cells", "told"), [("0,5 1,5", True), ("10% 5", True), ("$1 $2", True), ("1st 2nd", False), ("a b", False)]
)
def test_few_numbers_in_another_way_are_told(cells: str, told: bool, tmp_path: Path) -> None:
    one, two = cells.split()
    (tmp_path / "t.csv").write_text("a;kind\n" + f"{one};0\n{two};1\n" * 20)
    assert (
        any("numbers that are written like" in note for note in read("x: [2]", SOFTMAX % 2, "t.csv", folder=tmp_path).notes)
        == told
    )


@pytest.mark.parametrize(("encoding", "size"), [("one_hot", 3), ("index", 1)])
def test_categories_that_are_numbers_go_by_their_value(encoding: str, size: int, tmp_path: Path) -> None:
    """pandas writes 1 as 1.0 in a column that lacked a value."""
    rows = [f"{row % 3}{{}},{row % 2}\n" for row in range(30)]
    for name, end in (("t.csv", ".0"), ("v.csv", "")):
        (tmp_path / name).write_text("a,kind\n" + "".join(rows).replace("{}", end))
    data = f"{{path: t.csv, validation: v.csv, categorical: {{a: {encoding}}}}}"
    loaded = read(f"x: [{size}]", SOFTMAX % 2, data, folder=tmp_path)
    expected = np.eye(3)[np.arange(30) % 3] if size == 3 else np.arange(30)[:, None] % 3 + 1
    assert np.array_equal(loaded.x_val, expected)
    assert not loaded.notes


def test_categories_of_one_value_in_two_forms_stay_apart(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,kind\n" + "01,0\n1,1\n" * 20)
    (tmp_path / "v.csv").write_text("a,kind\n1.0,0\n")
    loaded = read("x: [2]", SOFTMAX % 2, "{path: t.csv, validation: v.csv, categorical: {a: one_hot}}", folder=tmp_path)
    assert np.array_equal(loaded.x_val, [[0, 0]])


@pytest.mark.parametrize(
    ("content", "mark"),
    [("1,5;2\n3,5;4\n", ";"), ("1;2,5\n3;4,5\n", ";"), ("1,5\t2\n3,5\t4\n", "\t"), ("a,b;c\n1,2\n", ","), ("1,2\n3,4\n", ",")],
)
def test_a_comma_may_stand_within_numbers(content: str, mark: str) -> None:
    assert delimiter(content) == mark


def test_digits_with_a_line_between_them_are_texts(tmp_path: Path) -> None:
    """Python reads `1_2` as 12."""
    (tmp_path / "t.csv").write_text("place,kind\n" + "1_2,3_0\n2_1,3_1\n" * 20)
    data = read("x: [2]", SOFTMAX % 2, "t.csv", folder=tmp_path)
    assert data.preprocessing.inputs["x"].columns[0].categories == ["1_2", "2_1"]
    assert data.preprocessing.targets["dense"].classes == ["3_0", "3_1"]


def test_digits_with_a_line_between_them_among_numbers(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("place,kind\n" + "12,0\n21,1\n" * 20)
    (tmp_path / "v.csv").write_text("place,kind\n1_2,0\n")
    code, message, _ = refusal("x: [1]", SOFTMAX % 2, "{path: t.csv, validation: v.csv}", folder=tmp_path)
    assert (code, "numbers, but also `1_2`" in message) == ("LC652", True)
