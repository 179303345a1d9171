"""The dialog that turns a file of the user's into a choice of data: its first rows, target, inputs and task."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QTableView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from playground.data.dataset import DataError, Dataset, Outline
from playground.data.formats.file import TableFile
from playground.data.table import MAX_CLASSES, TASKS, Column, Table
from playground.ui.forms.controls import Selector, sentence_label, wrapped
from playground.ui.theme import GRID
from playground.ui.words import said
from playground.ui.workspace.reading import Reading

PREVIEW_ROWS = 6
ROW_HEIGHT = 22
PATIENCE = 0.1  # seconds in which most files have been read, so that their dialog opens complete
HEIGHT = 74 * GRID  # of a dialog that waits for its table
NAMES = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}  # of delimiters

Index = QModelIndex | QPersistentModelIndex


class OpenDataDialog(QDialog):
    """Asks what to do with a file. While what is chosen cannot be used it says why, and cannot be accepted."""

    def __init__(self, file: TableFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._name = Path(file.path).name
        self.setObjectName("open_data")
        self.setWindowTitle(self.tr("Open data: {name}").format(name=self._name))
        self.setMinimumWidth(80 * GRID)
        self._table: Table | None = None
        self._outline: Outline
        self._reading: Reading | None = None
        self._unchecked: set[str] = set()  # columns of numbers that are not wanted as inputs
        self._summary = sentence_label("open_data.summary", "muted")
        self._refusal = sentence_label("open_data.refusal", "remark")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self._open = self._buttons.button(QDialogButtonBox.StandardButton.Open)
        for button in self._buttons.buttons():
            button.setIcon(QIcon())
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.finished.connect(self._call_off)
        self._content = QVBoxLayout()
        self._content.setSpacing(GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addLayout(self._content, 1)
        for part in (self._summary, self._refusal, self._buttons):
            layout.addWidget(part)
        self._read()

    def source(self) -> TableFile:
        """What has been chosen."""
        task = TASKS[self._task.currentIndex()]
        return replace(self._file, target=self._target.currentText(), inputs=self._inputs(), task=task)

    def outline(self) -> Outline:
        """Of the data that this makes; while it can be accepted, there are some."""
        return self._outline

    def _read(self) -> None:
        if not self._ask(self._file.table, self._take):
            self.resize(self.minimumWidth(), HEIGHT)

    def _ask(self, read: Callable[[], Any], take: Callable[[Future[Any]], None]) -> bool:
        """Read in another thread, in place of what is still being read, and let what came of it be taken.

        Whether that was at once; otherwise nothing can be accepted until then.
        """
        self._call_off()
        self._reading = reading = Reading(read, self)
        reading.done.connect(lambda: take(reading.future))
        if reading.within(PATIENCE):
            take(reading.future)
            return True
        self._summary.setText(self.tr("Reading {name} …").format(name=self._name))
        self._summary.show()
        self._refusal.hide()
        self._open.setEnabled(False)
        return False

    def _call_off(self) -> None:
        if self._reading is not None:
            self._reading.call_off()
            self._reading.deleteLater()
            self._reading = None

    def _take(self, read: Future[Table]) -> None:
        """Show what has been read, once it has."""
        try:
            self._table = read.result()
        except DataError as error:
            self._refuse(said(error.message))
            self.adjustSize()
        else:
            self._build(self._table)
            self._show_columns()

    def _build(self, table: Table) -> None:
        facts = sentence_label("open_data.facts", "muted")
        facts.setText(self._facts(table))
        self._content.addWidget(facts)
        self._content.addWidget(self._preview(table))
        self._target = Selector()
        self._target.addItems([column.name for column in table.columns])
        # Tables keep what is to be predicted last, but behind it often names and remarks that no two rows share.
        likely = [index for index, column in enumerate(table.columns) if _may_be_target(column)]
        self._target.setCurrentIndex(likely[-1] if likely else len(table.columns) - 1)
        self._target.activated.connect(self._show_columns)
        self._task = Selector()
        self._task.addItems(TASKS)
        self._task.activated.connect(self._show_columns)
        self._columns = QTreeWidget()
        self._columns.setHeaderLabels([self.tr("column"), self.tr("kind"), self.tr("missing values")])
        self._columns.setRootIsDecorated(False)
        self._columns.setProperty("role", "checks")
        self._columns.ensurePolished()  # before it measures how high its rows are
        self._columns.setUniformRowHeights(True)
        self._columns.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._columns.header().setStretchLastSection(False)
        for column in table.columns:
            row = QTreeWidgetItem([column.name, column.kind, str(column.missing) if column.missing else ""])
            row.setTextAlignment(2, Qt.AlignmentFlag.AlignRight)
            self._columns.addTopLevelItem(row)
        self._columns.itemChanged.connect(self._check)
        form = QFormLayout()
        form.setSpacing(GRID)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._add(form, "target", self.tr("target"), self._target, self.tr("The column to predict."))
        self._add(form, "task", self.tr("task"), self._task, self.tr(
            "Automatic takes texts, or at most 10 different whole numbers, for classes."))  # fmt: skip
        self._add(form, "inputs", self.tr("inputs"), self._columns, self.tr("The columns to predict it from."))
        self._content.addLayout(form, 1)

    def _add(self, form: QFormLayout, name: str, label: str, control: QWidget, tip: str) -> None:
        control.setObjectName(f"open_data.{name}")
        control.setAccessibleName(label)
        control.setToolTip(wrapped(tip))
        control.setAccessibleDescription(control.toolTip())
        form.addRow(label, control)

    def _preview(self, table: Table) -> QTableView:
        view = QTableView()
        view.setObjectName("open_data.preview")
        view.setAccessibleName(self.tr("first rows"))
        view.setToolTip(self.tr("The first rows, as the file says them."))
        view.setAccessibleDescription(view.toolTip())
        view.setModel(Preview(table, view))
        view.setSelectionMode(QTableView.SelectionMode.NoSelection)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        view.setFixedHeight((PREVIEW_ROWS + 2) * ROW_HEIGHT)
        return view

    def _facts(self, table: Table) -> str:
        rows = _counted(len(table), self.tr("1 row"), self.tr("{count:,} rows"))
        columns = _counted(
            len(table.columns),
            self.tr("1 column"),
            self.tr("{count:,} columns, parted by {delimiter}").replace("{delimiter}", NAMES[table.delimiter]),
        )
        facts = self.tr("{rows} and {columns}; {encoding}.")
        return facts.format(rows=rows, columns=columns, encoding=table.encoding)

    def _inputs(self) -> tuple[str, ...]:
        """The names that are checked; () while these are all that can be."""
        return tuple(self._checked()) if self._unchecked - {self._target.currentText()} else ()

    def _checked(self) -> list[str]:
        assert self._table is not None
        return [column.name for column in self._table.columns if self._is_checked(column)]

    def _is_checked(self, column: Column) -> bool:
        return not self._obstacle(column) and column.name not in self._unchecked

    def _obstacle(self, column: Column) -> str:
        """Why a column cannot be an input; empty where it can."""
        if column.name == self._target.currentText():
            return self.tr("This is the target.")
        return {
            "text": self.tr("An input must be a number; this column holds texts."),
            "constant": self.tr("All values of this column are the same, so it says nothing."),
            "empty": self.tr("This column has no values."),
        }.get(column.kind, "")

    def _check(self, row: QTreeWidgetItem) -> None:
        if row.checkState(0) == Qt.CheckState.Checked:
            self._unchecked.discard(row.text(0))
        else:
            self._unchecked.add(row.text(0))
        self._show_dataset()

    def _show_columns(self) -> None:
        """Show which columns can be inputs beside the target, and what "automatic" means for it."""
        assert self._table is not None
        self._columns.blockSignals(True)
        for index, column in enumerate(self._table.columns):
            row = cast(QTreeWidgetItem, self._columns.topLevelItem(index))
            obstacle = self._obstacle(column)
            row.setDisabled(bool(obstacle))
            row.setToolTip(0, obstacle)
            row.setCheckState(0, Qt.CheckState.Checked if self._is_checked(column) else Qt.CheckState.Unchecked)
        self._columns.blockSignals(False)
        target = self._table.columns[self._target.currentIndex()]
        self._task.setItemText(0, self.tr("automatic ({task})").format(task=target.task))
        self._show_dataset()

    def _show_dataset(self) -> None:
        """Say what the choice amounts to, or why it cannot be used."""
        assert self._table is not None
        if not self._checked():
            self._call_off()
            self._refuse(self.tr("Choose at least one input: a column of numbers beside the target."))
            return
        source = self.source()
        self._ask(partial(self._table.dataset, source.target, source.inputs, source.task), self._take_dataset)

    def _take_dataset(self, made: Future[Dataset]) -> None:
        try:
            dataset = made.result()
        except DataError as error:
            self._refuse(said(error.message))
        else:
            self._outline = Outline(len(dataset.classes))
            self._summary.setText(self._sentence(dataset))
            self._summary.show()
            self._refusal.hide()
            self._open.setEnabled(True)

    def _sentence(self, dataset: Dataset) -> str:
        if dataset.classes:
            what = self.tr("{count} classes of {target}").format(count=len(dataset.classes), target=dataset.target)
        else:
            what = self.tr("the number {target}").format(target=dataset.target)
        examples = _counted(len(dataset), self.tr("1 example"), self.tr("{count:,} examples"))
        inputs = _counted(len(dataset.columns), self.tr("1 input each"), self.tr("{count:,} inputs each"))
        sentence = self.tr("{examples} with {inputs}, to predict {what}.").format(
            examples=examples, inputs=inputs, what=what
        )
        return f"{sentence} {dataset.note}".strip()

    def _refuse(self, reason: str) -> None:
        self._refusal.setText(reason)
        self._refusal.show()
        self._summary.hide()
        self._open.setEnabled(False)


class Preview(QAbstractTableModel):
    """The first rows of a table, with its names above."""

    def __init__(self, table: Table, parent: QWidget) -> None:
        super().__init__(parent)
        self._columns = table.columns
        self._rows = table.preview(PREVIEW_ROWS)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and self._columns[index.column()].kind == "number":
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._columns[section].name if orientation == Qt.Orientation.Horizontal else section + 1


def _counted(count: int, one: str, many: str) -> str:
    return one if count == 1 else many.format(count=count)


def _may_be_target(column: Column) -> bool:
    return column.kind == "number" or (column.kind == "text" and column.distinct <= MAX_CLASSES)
