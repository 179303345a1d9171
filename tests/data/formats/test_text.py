"""A user's own files: what can be read is read right, and what cannot is told in a sentence with the place."""

import gzip
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.data.dataset import DataError, Dataset
from playground.data.formats import text
from playground.data.formats.text import MAX_BYTES, CsvFile, read_table
from playground.data.table import TASKS, Table, _plain_numbers, parse_number

ROOT = Path(__file__).parents[3]
MPG = ROOT / "../shared/data/mpg.csv"

CARS = """weight,doors,colour,price
1200,2,red,9.5
1500,4,blue,12
900,2,red,7
"""


@pytest.fixture
def table(tmp_path: Path) -> Any:
    """Writes a file and reads it."""

    def read(content: str | bytes) -> Table:
        path = tmp_path / "cars.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path)

    return read


def names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def kinds(table: Table) -> list[str]:
    return [column.kind for column in table.columns]


# What a file may look like


def test_a_plain_file(table: Any) -> None:
    cars = table(CARS)
    assert (cars.origin, cars.delimiter, cars.encoding, len(cars)) == ("cars.csv", ",", "UTF-8", 3)
    assert names(cars) == ["weight", "doors", "colour", "price"]
    assert kinds(cars) == ["number", "number", "text", "number"]
    assert [column.distinct for column in cars.columns] == [3, 2, 2, 3]
    assert cars.preview(2) == (("1200", "2", "red", "9.5"), ("1500", "4", "blue", "12"))
    assert cars.lines.tolist() == [2, 3, 4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter(table: Any, delimiter: str) -> None:
    cars = table(CARS.replace(",", delimiter))
    assert cars.delimiter == delimiter
    assert names(cars) == ["weight", "doors", "colour", "price"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_each_line_ending(table: Any, ending: str) -> None:
    cars = table(CARS.replace("\n", ending))
    assert cars.lines.tolist() == [2, 3, 4]
    assert cars.preview(3)[2] == ("900", "2", "red", "7")


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("latin-1", "Latin-1")],
)
def test_each_encoding(table: Any, codec: str, encoding: str) -> None:
    read = table("größe;ja\n1;2\n2;3\n".encode(codec))
    assert (names(read), read.encoding) == (["größe", "ja"], encoding)
    note = read.dataset(task="regression").note
    assert note == ("Read as Latin-1, as it is not UTF-8." if encoding == "Latin-1" else "")


def test_decimal_commas_where_commas_part_no_cells(table: Any) -> None:
    read = table("a;b;c\n1,5;1.5;,5\n-2,25e1;1,000;3\n")
    assert read.columns[0].numbers.tolist() == [1.5, -22.5]
    assert read.columns[2].numbers.tolist() == [0.5, 3.0]
    assert np.isnan(read.columns[1].numbers[1]), "beside a decimal point, a comma is none"


def test_where_commas_part_cells_they_are_no_decimal_signs(table: Any) -> None:
    assert table('a,b\n"1,234",1\n"5,678",2\n').columns[0].kind == "text"


def test_decimal_commas_without_a_header_do_not_part_cells(table: Any) -> None:
    read = table("1,5;2,5\n3,5;4,5\n")
    assert [column.numbers.tolist() for column in read.columns] == [[1.5, 3.5], [2.5, 4.5]]


def test_quotation_marks_comments_and_empty_lines(table: Any) -> None:
    read = table('# "made by hand\n\n"a", "b; c",d\n  \n1,"two\nlines",3\n# 9,9,9\n4,"say ""no""",5\n')
    assert names(read) == ["a", "b; c", "d"]
    assert read.preview(9) == (("1", "two\nlines", "3"), ("4", 'say "no"', "5"))
    assert read.lines.tolist() == [5, 8]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("1,2\n3,4\n", ["column 1", "column 2"]),
        ("1,NA\n3,4\n", ["column 1", "column 2"]),
        ("5.1,setosa\n4.9,setosa\n6.0,virginica\n", ["column 1", "column 2"]),
        ("{0},{0}\n1,2\n", ["{0}", "{0} (2)"]),
        ("city,1990\nRome,3\nParis,4\n", ["city", "1990"]),
        (",a,\n1,2,3\n", ["column 1", "a", "column 3"]),
        ("a,a,a (2),a\n1,2,3,4\n", ["a", "a (2)", "a (2) (2)", "a (3)"]),
        ('"two\n lines",b\n1,2\n', ["two lines", "b"]),
    ],
)
def test_names_of_columns(table: Any, content: str, expected: list[str]) -> None:
    assert names(table(content)) == expected


def test_missing_values_are_known_by_any_of_their_names(table: Any) -> None:
    read = table("a,b\n,1\nNA,2\nn/a,3\nNaN,4\nNULL,5\n?,6\n7,7\n8,8\n")
    assert (read.columns[0].kind, read.columns[0].missing, read.columns[0].distinct) == ("number", 6, 2)
    assert np.isnan(read.columns[0].numbers).sum() == 6


@pytest.mark.parametrize(
    "cell", ["abc", "1_000", "٣", "inf", "-Infinity", "0x10", "1e", "1 2", "--1", "1.2.3", "1e300"]
)
def test_what_is_no_number(table: Any, cell: str) -> None:
    column = table(f"a,b\n1,1\n2,2\n{cell},3\n").columns[0]
    assert np.isnan(column.numbers[2])
    assert not column.absent[2]


@pytest.mark.parametrize(("cell", "value"), [("+1", 1), ("-.5", -0.5), ("3.", 3), ("1e-3", 0.001), (" 2E+2 ", 200)])
def test_what_is_a_number(table: Any, cell: str, value: float) -> None:
    assert table(f"a,b\n1,1\n{cell},3\n").columns[0].numbers[1] == value


def test_kinds_of_columns(table: Any) -> None:
    read = table("half,most,same,one,none\n1,1,3.0,x,\nx,2,3,,NA\ny,x,3.00,x,\n2,9,3,x,\n")
    assert kinds(read) == ["text", "number", "constant", "constant", "empty"]
    assert [column.distinct for column in read.columns] == [4, 4, 1, 1, 0]


# What becomes of it


def test_the_last_column_is_the_target_unless_another_is_named(table: Any) -> None:
    data = table(CARS).dataset(task="regression")
    assert (data.target, data.columns, data.classes) == ("price", ("weight", "doors"), ())
    np.testing.assert_array_equal(data.X, [[1200, 2], [1500, 4], [900, 2]])
    np.testing.assert_array_equal(data.y, [9.5, 12, 7])
    assert data.note == "Column left out: colour (text)."
    assert data.origin == "cars.csv"
    assert not data.plane
    assert table("a,b,c\n1,1,\n2,2,\n").dataset().target == "b", "an empty column is no target"


def test_classes_of_text_are_sorted(table: Any) -> None:
    data = table(CARS).dataset("colour")
    assert (data.classes, data.y.tolist(), data.note) == (("blue", "red"), [1.0, 0.0, 1.0], "")


def test_classes_of_numbers_are_sorted_as_numbers(table: Any) -> None:
    data = table("x,k\n1,10\n2,9\n3,1.0\n4,1\n5,-2\n").dataset()
    assert (data.classes, data.y.tolist()) == (("-2", "1", "9", "10"), [3.0, 2.0, 1.0, 1.0, 0.0])


@pytest.mark.parametrize(
    ("column", "task"),
    [
        ([str(k % 10) for k in range(40)], "classification"),
        ([str(k % 11) for k in range(40)], "regression"),
        ([str(k % 10 + 0.5) for k in range(40)], "regression"),
        (["yes", "no"] * 20, "classification"),
        ([f"name {k}" for k in range(40)], "classification"),
    ],
)
def test_automatic_task(table: Any, column: list[str], task: str) -> None:
    read = table("x,y\n" + "".join(f"{row},{cell}\n" for row, cell in enumerate(column)))
    assert read.columns[1].task == task
    data = read.dataset()
    assert bool(data.classes) == (task == "classification")


def test_the_task_can_be_chosen(table: Any) -> None:
    assert table(CARS).dataset("doors").classes == ("2", "4")
    assert table(CARS).dataset("doors", task="regression").y.tolist() == [2.0, 4.0, 2.0]
    assert table(CARS).dataset("price", task="classification").classes == ("7", "9.5", "12")


def test_the_inputs_can_be_chosen(table: Any) -> None:
    data = table("a,b,c,y\n1,2,x,1\n3,4,y,2\n,6,z,3\n").dataset("y", ("b",))
    assert (data.columns, data.X.tolist(), data.note) == (("b",), [[2.0], [4.0], [6.0]], "")
    assert table(CARS).dataset("price", ("doors", "weight")).columns == ("doors", "weight")


def test_rows_with_missing_values_are_left_out_and_counted(table: Any) -> None:
    read = table("a,b,c,y\n1,,x,5\n,2,x,6\n3,3,y,7\n4,4,,8\n5,5,y,\n")
    data = read.dataset(task="regression")
    assert data.X.tolist() == [[3.0, 3.0], [4.0, 4.0]]
    assert data.y.tolist() == [7.0, 8.0]
    assert data.note == (
        "3 of 5 rows left out for missing values in a, b and y (lines 2, 3 and 6); column left out: c (text)."
    )


def test_many_lines_are_not_all_listed(table: Any) -> None:
    data = table("a,y\n" + "?,1\n" * 20 + "1,1\n2,2\n").dataset()
    assert data.note == "20 of 22 rows left out for missing values in a (lines 2, 3, 4, 5, 6 and 15 more)."


def test_constant_and_empty_columns_are_left_out_by_name(table: Any) -> None:
    data = table("a,b,c,d,y\n1,5,,1,1\n2,5,,1,2\n3,5,,?,3\n,5,,2,4\n").dataset(task="regression")
    assert (data.columns, data.X.tolist()) == (("a",), [[1.0], [2.0]])
    assert data.note == (
        "2 of 4 rows left out for missing values in a and d (lines 4 and 5); "
        "columns left out: b (constant), c (empty) and d (constant)."
    )


def test_the_source_reads_the_file_with_its_choices(tmp_path: Path) -> None:
    path = tmp_path / "cars.csv"
    path.write_text(CARS)
    source = CsvFile(path=str(path), target="colour", inputs=("weight",), task="classification")
    data = source.load(np.random.default_rng(1))
    assert (data.target, data.columns, data.classes) == ("colour", ("weight",), ("blue", "red"))
    assert CsvFile.from_plain(source.to_plain()) == source


@pytest.mark.skipif(not MPG.exists(), reason="needs the Auto MPG file")
def test_auto_mpg() -> None:
    data = CsvFile(path=str(MPG), target="mpg").load(np.random.default_rng(1))
    assert data.X.shape == (392, 6)
    assert data.classes == ()
    assert data.columns == ("cylinders", "displacement", "horsepower", "weight", "acceleration", "model_year")
    assert data.X[0].tolist() == [8.0, 307.0, 130.0, 3504.0, 12.0, 70.0]
    assert data.y[0] == 18.0
    assert data.note == (
        "6 of 398 rows left out for missing values in horsepower (lines 34, 128, 332, 338, 356 and 376); "
        "columns left out: origin (text) and name (text)."
    )
    assert CsvFile(path=str(MPG), target="origin").load(np.random.default_rng(1)).classes == ("europe", "japan", "usa")


# What cannot be read


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "has no rows: it is empty"),
        ("\n\n# nothing\n", "has no rows: it is empty"),
        ("a,b\n", "has a header, but no row below it"),
        ("a,b,c\n1,2,3\n4,5\n", "line 3 has 2 cells, but line 1 has 3 cells"),
        ("# note\na,b\n1,2\n\n3\n", "line 5 has 1 cell, but line 2 has 2 cells"),
        ('a,b\n"x\ny",2\n1,2,3\n', "line 4 has 3 cells, but line 1 has 2 cells"),
        ('a,b\n1,2\n3,"4\n5,6\n', "line 3 has a quotation mark out of place; is a quotation mark not closed?"),
        ('a,b\n"1"x,2\n', "line 2 has a quotation mark out of place; is a quotation mark not closed?"),
        ('a,b\n1,2\n3,"' + "4,5\n" * 50_000, "line 3 has an endless cell; is a quotation mark not closed?"),
        ("a,b\n1,2\n3,\0\n", "line 3 holds a control character (code 0), so this is no text file"),
        (b"\0" * 100, "line 1 holds a control character (code 0), so this is no text file"),
        ("a\n" + "1" * 1_000_001, "line 2 has more than the 1,000,000 characters that can be read"),
        (",".join(["1"] * 10_001), "line 1 has 10,001 cells, more than the 10,000 that can be read"),
    ],
)
def test_a_file_that_is_no_table(table: Any, content: str | bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        table(content)
    assert str(caught.value) == f"cars.csv: {message}"


def zipped() -> bytes:
    with io.BytesIO() as file:
        np.savez(file, a=np.arange(3))
        return file.getvalue()


def saved() -> bytes:
    return safetensors.numpy.save({"a": np.arange(3.0)}, {"format": "any"})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        (b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "a PDF document"),
        (zipped(), "a zip archive, as the workbooks of Excel and LibreOffice are too; export the sheet as CSV"),
        (gzip.compress(CARS.encode(), mtime=0), "a gzip archive; unpack it"),
        (saved(), "a .safetensors file; a snapshot is opened by that ending"),
        (b'{"data": {"seed": 2}}', "JSON; a configuration is opened by the ending .json"),
        (b"\xef\xbb\xbf[\n [1, 2],\n [3, 4]\n]\n", "JSON; a configuration is opened by the ending .json"),
        (b'{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n', "JSON; a configuration is opened by the ending .json"),
        (b"[" * 200_000, "JSON; a configuration is opened by the ending .json"),
        (b"\n<!DOCTYPE html>\n<html></html>", "HTML or XML"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # np.savez writes the time
)
def test_what_is_no_table_is_told_by_what_it_is(table: Any, content: bytes, kind: str) -> None:
    with pytest.raises(DataError) as caught:
        table(content)
    assert str(caught.value) == f"cars.csv: is no table but {kind}"


TEXTS = [ROOT / "README.md", ROOT / "pyproject.toml", *sorted((ROOT / "playground" / "nn").glob("*.py"))]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_programs_and_prose_are_no_tables(table: Any, path: Path) -> None:
    with pytest.raises(DataError, match="is no table: no tab, semicolon, bar or comma parts most of its lines"):
        table(path.read_bytes())


@pytest.mark.parametrize(
    "content",
    [
        "<DATE>,<OPEN>\n1,2\n3,4\n",  # as traders' programs write them
        "[a],[b]\n1,2\n3,4\n",
        "{a},b\n1,2\n3,4\n",
        "PK,GIF8\n1,2\n3,4\n",
        "a,y\n,1\n,2\n3,\n",
        "name;value\nx;\ny;\nz;\nu;1\nv;2\nw;3\n",
    ],
)
def test_what_only_looks_like_something_else_is_a_table(table: Any, content: str) -> None:
    assert len(table(content).columns) == 2


@pytest.mark.parametrize(
    ("content", "choices", "message"),
    [
        (CARS, {"target": "cost"}, 'has no column "cost"; it has "weight", "doors", "colour" and "price"'),
        (CARS, {"inputs": ("wait",)}, 'has no column "wait"; it has "weight", "doors", "colour" and "price"'),
        (CARS, {"inputs": ("price",)}, 'column "price" is the target, so it cannot be an input'),
        (CARS, {"inputs": ("colour",)}, 'line 2, column "colour": "red" is not a number'),
        (CARS, {"target": "colour", "task": "regression"}, 'line 2, column "colour": "red" is not a number'),
        ("w,y\n1,1\n2,2\n\nabc,3\n", {}, 'line 5, column "w": "abc" is not a number'),
        ("w,y\n1,1.5\n2,2\n3,abc\n", {}, 'line 4, column "y": "abc" is not a number'),
        ("w,y\n1,1\n2,2\n1e300,3\n", {}, 'line 4, column "w": "1e300" is too large a number'),
        ("w;y\n1;1\n2;2\n3,5.5;3\n", {}, 'line 4, column "w": "3,5.5" is not a number'),
        (f"w,y\n1,1\n2,2\n{'long ' * 20},3\n", {}, f'line 4, column "w": "{("long " * 20)[:37]}..." is not a number'),
        ("a,y\nx,1\nz,2\n", {}, 'has no column of differing numbers beside the target "y"'),
        ("y\n1\n2\n", {}, 'has no column of differing numbers beside the target "y"'),
        ("a,y\n5,1\n5,2\n", {}, 'has no column of differing numbers beside the target "y"'),
        ("a,y\n5,1\n5,2\n", {"inputs": ("a",)}, 'no input is left, because the rows used do not differ in "a"'),
        ("a,y\n5,1\n5,2\n6,\n", {}, 'no input is left, because the rows used do not differ in "a"'),
        ("a,b,y\n1,,1\n,2,2\n3,,3\n,4,\n", {}, 'every row has a missing value in "a", "b" and "y"'),
        ("a,b,y\n1,,1\n2,,2\n", {"inputs": ("b",)}, 'column "b" has no values'),
        ("a,y\n1,\n2,\n", {"target": "y"}, 'column "y" has no values'),
        ("a,y\n,\n,\n", {}, "has no values, only rows of missing ones"),
        ("a,y\n1,yes\n2,yes\n", {}, 'the target "y" is "yes" in every row used: nothing to learn'),
        ("a,y\n1,yes\n2,yes\n,no\n", {}, 'the target "y" is "yes" in every row used: nothing to learn'),
        ("a,y\n1,7\n2,7.0\n", {"task": "regression"}, 'the target "y" is "7" in every row used: nothing to learn'),
        (
            "a,y\n" + "".join(f"{k},{k / 8}\n" for k in range(51)),
            {"task": "classification"},
            'the target "y" has 51 classes, more than 50: choose regression or another target',
        ),
        (
            "a,y\n" + "".join(f"{k},name {k}\n" for k in range(51)),
            {},
            'the target "y" has 51 classes, more than 50: choose another target',
        ),
    ],
)
def test_choices_that_make_no_dataset(table: Any, content: str, choices: dict[str, Any], message: str) -> None:
    read = table(content)
    with pytest.raises(DataError) as caught:
        read.dataset(**choices)
    assert str(caught.value) == f"cars.csv: {message}"


def test_a_path_that_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^data\.source\.path: no file has been chosen$"):
        read_table("")
    with pytest.raises(DataError, match=r"^absent\.csv: does not exist$"):
        read_table(tmp_path / "absent.csv")
    with pytest.raises(DataError, match=r"is a folder, not a file$"):
        read_table(tmp_path)
    with pytest.raises(DataError, match=r"^null: is not an ordinary file$"):
        read_table("/dev/null")
    with pytest.raises(DataError, match=r"cannot be read: File name too long$"):
        read_table("x" * 5000)
    with pytest.raises(DataError, match=r"does not exist$"):
        read_table("a\0b")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "secret.csv").write_text(CARS)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match=r"^secret\.csv: cannot be read: Permission denied$"):
        read_table(tmp_path / "secret.csv")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2 * MAX_BYTES)
    monkeypatch.delattr(Path, "read_bytes")
    with pytest.raises(DataError, match=r"^huge\.csv: has 50 MB, more than the 25 MB that can be read$"):
        read_table(path)


def test_too_many_lines(table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_LINES", 3)
    with pytest.raises(DataError, match=r"has 4 lines, more than the 3 that can be read$"):
        table(CARS)
    assert len(table("1,2\n3,4\n5,6\n")) == 3


# What is read, and how often


def test_a_file_is_read_again_only_if_it_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = tmp_path / "cars.csv", tmp_path / "other.csv"
    for file in (path, other):
        file.write_text(CARS)
        os.utime(file, (1000, 1000))
    monkeypatch.chdir(tmp_path)
    cars = read_table(path)
    with monkeypatch.context() as reading:
        reading.delattr(Path, "read_bytes")
        assert read_table("cars.csv") is cars
        assert CsvFile(str(path)).load(np.random.default_rng(1)).target == "price"
    assert read_table(other).origin == "other.csv"
    path.write_text(CARS.replace("1200", "1201"))
    os.utime(path, (2000, 2000))
    assert read_table(path).columns[0].numbers[0] == 1201
    path.unlink()
    with pytest.raises(DataError, match=r"^cars\.csv: does not exist$"):
        read_table(path)


def test_a_file_just_written_may_still_change_unseen(tmp_path: Path) -> None:
    path = tmp_path / "cars.csv"
    for weight in ("1200", "1201", "1202"):
        path.write_text(CARS.replace("1200", weight))
        assert read_table(path).columns[0].numbers[0] == float(weight)


def test_a_plain_table_is_not_parsed_row_by_row(table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(text, "_parse_any")
    monkeypatch.setattr(text, "BLOCK", 2)
    cars = table("# a comment\n\n" + CARS.replace("red", " red "))
    assert cars.preview(9)[2] == ("900", "2", "red", "7")
    assert cars.lines.tolist() == [4, 5, 6]


# Whatever there may be in a file


def check(data: Dataset) -> None:
    """What every dataset promises."""
    examples, columns = data.X.shape
    assert data.y.shape == (examples,)
    assert examples >= 2
    assert len(data.columns) == len(set(data.columns)) == columns >= 1
    assert np.isfinite(data.X).all()
    assert np.isfinite(data.y).all()
    assert (np.ptp(data.X, axis=0) > 0).all()
    if data.classes:
        assert set(data.y) == set(range(len(data.classes)))


pieces = st.sampled_from(
    [*'0123456789.,;\t|"#\n\r ab+-eE?{}', "NA", "1.5", "2,5", "1e99", "\n\n", "\0", "é", "\ufeff", "٣", "\u2028"]
)
texts = st.lists(pieces, max_size=60).map("".join)
cells = st.sampled_from([*"12345", "3.5", "-4", "1e99", "1,5", "x", "", "NA"])
rows = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width).map(";".join), min_size=3, max_size=8).map(
        "\n".join
    )
)
codecs = st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-8-sig"])
encoded = st.tuples(texts | rows, codecs).map(lambda pair: pair[0].encode(pair[1], errors="replace"))


@settings(max_examples=300)
@given(texts | rows, st.sampled_from(text.DELIMITERS))
def test_the_quick_parser_is_silent_or_right(content: str, delimiter: str) -> None:
    quick = text._parse_plain(content.replace("\r", "\n"), delimiter)
    if quick is not None:
        assert quick == text._parse_any(content.replace("\r", "\n"), delimiter)


signs = st.text("0123456789.,eE+-_ ainf٣", max_size=6) | st.sampled_from(["1e100", "1.1e100", "-1e999", "1_0", "nan"])


@settings(max_examples=300)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False).map(repr) | signs, min_size=1, max_size=4))
def test_the_quick_reader_of_numbers_is_silent_or_right(cells: list[str]) -> None:
    quick = _plain_numbers(cells)
    if quick is not None:
        np.testing.assert_array_equal(quick, [parse_number(cell, True) for cell in cells])


def test_the_quick_reader_of_numbers_reads_numbers() -> None:
    quick = _plain_numbers(["1", "-2.5e3", "+.5", "3.", "1e300"])
    np.testing.assert_array_equal(quick, [1.0, -2500.0, 0.5, 3.0, np.nan])


@settings(max_examples=300)
@given(st.binary(max_size=200) | encoded, st.sampled_from(TASKS))
def test_any_bytes_load_or_are_a_data_error(tmp_path_factory: pytest.TempPathFactory, raw: bytes, task: str) -> None:
    path = tmp_path_factory.getbasetemp() / "anything.csv"
    path.write_bytes(raw)
    try:
        data = CsvFile(path=str(path), task=task).load(np.random.default_rng(1))
    except DataError as error:
        sentence = str(error)
    else:
        check(data)
        sentence = f"anything.csv: {data.note}"
    assert sentence.startswith("anything.csv: ")
    assert "\n" not in sentence


numbers = st.floats(-1e9, 1e9)


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=20), st.sampled_from(",;\t|"))
def test_numbers_come_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, table: list[tuple[float, float]], delimiter: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "numbers.csv"
    path.write_text("".join(f"{a!r}{delimiter}{b!r}\n" for a, b in [("a", "b"), *table]).replace("'", ""))
    columns = read_table(path).columns
    np.testing.assert_array_equal(np.column_stack([column.numbers for column in columns]), table)
