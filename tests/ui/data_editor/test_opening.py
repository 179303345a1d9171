"""The dialog for a user's own file: what it shows, what it gives, and what it says when that cannot be used."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QLabel, QPushButton, QTableView, QTreeWidget, QTreeWidgetItem
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from playground.cancellation import Cancelled
from playground.data.dataset import Dataset
from playground.data.formats import text
from playground.data.formats.text import CsvFile, read_table
from playground.data.table import Table
from playground.ui.data_editor import opening
from playground.ui.data_editor.opening import PREVIEW_ROWS, OpenDataDialog

WINE = """name,alcohol,ash,year,empty,price,quality
a,12.1,2.3,2001,,3.4,good
b,12.9,2.1,2001,,5.4,bad
c,13.1,2.3,2001,,,good
d,12.1,2.8,2001,,6.4,bad
e,14.1,2.9,2001,,3.1,good
f,11.1,2.4,2001,,1.4,fair
g,12.5,2.7,2001,,3.3,good
"""


class Opened:
    """A dialog, and its parts as a user finds them."""

    def __init__(self, qtbot: QtBot, path: Path, wait: bool = True) -> None:
        self.dialog = OpenDataDialog(CsvFile.at(path))
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        if wait:
            qtbot.waitUntil(lambda: not self.said()[0].startswith("Reading"), timeout=20_000)

    @property
    def open(self) -> QPushButton:
        box = self.dialog.findChild(QDialogButtonBox)
        assert box is not None
        return box.button(QDialogButtonBox.StandardButton.Open)

    @property
    def inputs(self) -> QTreeWidget:
        tree = self.dialog.findChild(QTreeWidget, "open_data.inputs")
        assert tree is not None
        return tree

    def row(self, name: str) -> QTreeWidgetItem:
        (found,) = self.inputs.findItems(name, Qt.MatchFlag.MatchExactly)
        return found

    def check(self, name: str, on: bool) -> None:
        self.row(name).setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def checked(self) -> list[str]:
        rows = [self.inputs.topLevelItem(index) for index in range(self.inputs.topLevelItemCount())]
        return [row.text(0) for row in rows if row is not None and row.checkState(0) == Qt.CheckState.Checked]

    def choose(self, name: str, text: str) -> None:
        box = self.dialog.findChild(QComboBox, f"open_data.{name}")
        assert box is not None
        index = box.findText(text)
        assert index >= 0
        box.setCurrentIndex(index)
        box.activated.emit(index)

    def said(self) -> tuple[str, str]:
        """The visible summary and the visible refusal."""
        labels = [self.dialog.findChild(QLabel, f"open_data.{name}") for name in ("summary", "refusal")]
        summary, refusal = (label.text() if label is not None and label.isVisible() else "" for label in labels)
        return summary, refusal


@pytest.fixture
def wine(tmp_path: Path) -> Path:
    path = tmp_path / "wine.csv"
    path.write_text(WINE)
    return path


def test_a_good_table_can_be_opened_at_once(qtbot: QtBot, wine: Path) -> None:
    opened = Opened(qtbot, wine)
    assert opened.dialog.source() == CsvFile(str(wine), "quality", (), "automatic")
    assert opened.checked() == ["alcohol", "ash", "price"]
    assert opened.open.isEnabled()
    summary, refusal = opened.said()
    assert summary.startswith("6 examples with 3 inputs each, to predict 3 classes of quality.")
    assert "missing values in price (line 4)" in summary
    assert refusal == ""
    with qtbot.waitSignal(opened.dialog.accepted):
        qtbot.mouseClick(opened.open, Qt.MouseButton.LeftButton)


def test_the_first_rows_are_shown_as_they_are(qtbot: QtBot, wine: Path) -> None:
    opened = Opened(qtbot, wine)
    view = opened.dialog.findChild(QTableView, "open_data.preview")
    assert view is not None
    model = view.model()
    rows, columns = model.rowCount(), model.columnCount()
    assert (rows, columns) == (PREVIEW_ROWS, 7)
    lines = WINE.splitlines()
    assert [model.headerData(c, Qt.Orientation.Horizontal) for c in range(columns)] == lines[0].split(",")
    assert [[model.index(r, c).data() for c in range(columns)] for r in range(rows)] == [
        line.split(",") for line in lines[1 : PREVIEW_ROWS + 1]
    ]


@pytest.mark.parametrize(
    ("name", "kind", "missing", "reason"),
    [
        ("name", "text", "", "holds texts"),
        ("year", "constant", "", "the same"),
        ("empty", "empty", "7", "no values"),
        ("quality", "text", "", "target"),
        ("price", "number", "1", ""),
    ],
)
def test_every_column_has_its_kind_and_the_reason_why_it_is_no_input(
    qtbot: QtBot, wine: Path, name: str, kind: str, missing: str, reason: str
) -> None:
    opened = Opened(qtbot, wine)
    row = opened.row(name)
    assert (row.text(1), row.text(2)) == (kind, missing)
    assert row.isDisabled() == bool(reason)
    assert reason in row.toolTip(0)


def test_target_inputs_and_task_are_what_the_source_says(qtbot: QtBot, wine: Path) -> None:
    opened = Opened(qtbot, wine)
    opened.choose("target", "price")
    assert opened.checked() == ["alcohol", "ash"]
    opened.check("ash", False)
    opened.choose("task", "regression")
    source = opened.dialog.source()
    assert source == CsvFile(str(wine), "price", ("alcohol",), "regression")
    dataset = source.load(np.random.default_rng(0))
    assert (dataset.columns, dataset.target, dataset.classes, len(dataset)) == (("alcohol",), "price", (), 6)
    assert opened.said()[0].startswith("6 examples with 1 input each, to predict the number price.")
    opened.check("ash", True)
    assert opened.dialog.source().inputs == ()
    opened.choose("target", "quality")
    assert "price" in opened.checked(), "what was the target is an input again"


def test_automatic_says_what_it_means(qtbot: QtBot, wine: Path) -> None:
    opened = Opened(qtbot, wine)
    box = opened.dialog.findChild(QComboBox, "open_data.task")
    assert box is not None
    assert box.itemText(0) == "automatic (classification)"
    opened.choose("target", "alcohol")
    assert box.itemText(0) == "automatic (regression)"


def test_a_choice_that_cannot_be_used_is_explained_and_can_be_mended(qtbot: QtBot, wine: Path) -> None:
    opened = Opened(qtbot, wine)
    opened.choose("task", "regression")
    summary, refusal = opened.said()
    assert summary == ""
    assert refusal == 'wine.csv: line 2, column "quality": "good" is not a number'
    assert not opened.open.isEnabled()
    opened.choose("task", "classification")
    assert opened.open.isEnabled()
    assert opened.said()[1] == ""
    for name in ("alcohol", "ash", "price"):
        opened.check(name, False)
    assert "at least one input" in opened.said()[1]
    assert not opened.open.isEnabled()
    opened.check("ash", True)
    assert opened.open.isEnabled()


@pytest.mark.parametrize("column", ["empty", "year"])
def test_a_target_with_nothing_to_learn_is_refused(qtbot: QtBot, wine: Path, column: str) -> None:
    opened = Opened(qtbot, wine)
    opened.choose("target", column)
    assert column in opened.said()[1]
    assert not opened.open.isEnabled()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a,b\n1,2\n3\n", "line 3 has 1 cell, but line 1 has 2 cells"),
        ("", "empty"),
        ("a,b\n", "no row below it"),
        ("a,b\n1,x\n2,x\n", "nothing to learn"),
        ("a,b\nx,y\nz,w\n", "no column of differing numbers"),
        ("a,b\n5,1\n5,2\n5,3\n", "no column of differing numbers"),
        ("a,b\n1,\n,2\n", "missing value"),
        ("a\x00b", "no text file"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_sentence_in_the_dialog(
    qtbot: QtBot, tmp_path: Path, content: str, sentence: str
) -> None:
    path = tmp_path / "poor.csv"
    path.write_text(content)
    opened = Opened(qtbot, path)
    summary, refusal = opened.said()
    assert summary == ""
    assert sentence in refusal or "at least one input" in refusal
    assert not opened.open.isEnabled()


def test_a_file_that_is_not_there_is_a_sentence_in_the_dialog(qtbot: QtBot, tmp_path: Path) -> None:
    opened = Opened(qtbot, tmp_path / "absent.csv")
    assert opened.said() == ("", "absent.csv: does not exist")
    assert not opened.open.isEnabled()


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Files are read only when the event is set."""
    event = threading.Event()

    def read(path: str) -> Table:
        assert event.wait(20)
        return read_table(path)

    monkeypatch.setattr(text, "read_table", read)
    monkeypatch.setattr(opening, "PATIENCE", 0.0)
    yield event
    event.set()


def test_a_large_file_is_read_behind_an_open_dialog(qtbot: QtBot, wine: Path, slowly: threading.Event) -> None:
    opened = Opened(qtbot, wine, wait=False)
    assert opened.said() == ("Reading wine.csv …", "")
    assert not opened.open.isEnabled()
    slowly.set()
    qtbot.waitUntil(opened.open.isEnabled, timeout=20_000)
    assert opened.said()[0].startswith("6 examples with 3 inputs each")
    assert opened.dialog.source().target == "quality"


def test_what_a_choice_amounts_to_is_worked_out_behind_the_dialog_too(
    qtbot: QtBot, wine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large table that takes half a second; of two choices that follow each other the last counts."""
    opened = Opened(qtbot, wine)
    go_on, workers = threading.Event(), []
    dataset = Table.dataset

    def slow(*choice: Any) -> Dataset:
        workers.append(threading.current_thread())
        assert go_on.wait(20)
        return dataset(*choice)

    monkeypatch.setattr(Table, "dataset", slow)
    monkeypatch.setattr(opening, "PATIENCE", 0.0)
    opened.check("ash", False)
    assert not opened.open.isEnabled()
    opened.check("price", False)
    go_on.set()
    qtbot.waitUntil(opened.open.isEnabled, timeout=20_000)
    assert opened.said()[0].startswith("7 examples with 1 input each")
    assert threading.main_thread() not in workers


def test_what_is_wrong_with_a_large_file_is_said_at_the_end(
    qtbot: QtBot, tmp_path: Path, slowly: threading.Event
) -> None:
    opened = Opened(qtbot, tmp_path / "absent.csv", wait=False)
    slowly.set()
    qtbot.waitUntil(lambda: opened.said() == ("", "absent.csv: does not exist"), timeout=20_000)
    assert not opened.open.isEnabled()


def test_reading_can_be_cancelled(qtbot: QtBot, wine: Path, slowly: threading.Event) -> None:
    opened = Opened(qtbot, wine, wait=False)
    assert opened.dialog._reading is not None
    future = opened.dialog._reading.future
    with qtbot.waitSignal(opened.dialog.rejected):
        qtbot.keyClick(opened.dialog, Qt.Key.Key_Escape)
    slowly.set()
    with pytest.raises(Cancelled):
        future.result(20)
    QTest.qWait(50)
    assert opened.dialog.findChild(QTableView) is None, "nobody looks any more"


def test_a_dialog_may_be_gone_before_its_file_is_read(qtbot: QtBot, wine: Path, slowly: threading.Event) -> None:
    dialog = OpenDataDialog(CsvFile.at(wine))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
    assert dialog._reading is not None
    future = dialog._reading.future
    dialog.reject()
    qtbot.waitUntil(lambda: not isValid(dialog))
    slowly.set()
    with pytest.raises(Cancelled):
        future.result(20)
    QTest.qWait(50)


def test_the_source_can_be_found_again_from_anywhere(qtbot: QtBot, wine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(wine.parent)
    assert Opened(qtbot, Path("wine.csv")).dialog.source().path == str(wine.resolve())


def test_one_of_a_kind_is_singular(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("a\n1\n2\n")
    opened = Opened(qtbot, path)
    facts = opened.dialog.findChild(QLabel, "open_data.facts")
    assert facts is not None
    assert facts.text() == "2 rows and 1 column; UTF-8."
    path.write_text("a;b\n1;2\n")
    opened = Opened(qtbot, path)
    facts = opened.dialog.findChild(QLabel, "open_data.facts")
    assert facts is not None
    assert facts.text() == "1 row and 2 columns, parted by semicolons; UTF-8."


def test_a_wide_file_is_no_burden(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    rows = [[str((row * column) % 7 + row) for column in range(2000)] for row in range(4)]
    path.write_text("\n".join(",".join(row) for row in [[f"c{n}" for n in range(2000)], *rows]))
    opened = Opened(qtbot, path)
    assert len(opened.checked()) > 1900
    assert opened.open.isEnabled()
