"""A small pop-up in which numbers are read and set by hand. Knows no network: it is given names and values."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent, QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.ui.numbers import read_number
from playground.ui.refusal import refuse, take_back
from playground.ui.theme import GRID, tabular

STEP = 0.1
MOST_ROWS = 9  # shown at once; more scroll


class Row(NamedTuple):
    """One number: what it is known by outside, what it is called, and its value."""

    key: Hashable
    label: str
    value: float


class NumberField(QAbstractSpinBox):
    """A field for any finite number, with step buttons. `value_entered` follows Enter and every step, nothing else."""

    value_entered = Signal(float, float)  # the number before, the number now
    refused = Signal(str)  # what was typed and is no number

    def __init__(self, value: float) -> None:
        super().__init__()
        self.setFont(tabular(self.font()))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._value = value
        self.show_value(value)

    def show_value(self, value: float) -> None:
        """Follow a number that changes elsewhere, unless the user is typing another."""
        self._value = value
        if self.lineEdit().isModified():
            return
        text = f"{value:.6g}".replace("-", "\N{MINUS SIGN}")
        if text != self.text():
            selected = self.lineEdit().hasSelectedText()
            self.lineEdit().setText(text)
            if selected:
                self.selectAll()

    def enter(self, value: float) -> None:
        """Take this number as the user's."""
        old = self._value
        self.lineEdit().setModified(False)
        self.show_value(value)
        self.value_entered.emit(old, value)

    # Qt

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        state = QValidator.State.Intermediate if read_number(text) is None else QValidator.State.Acceptable
        return state, text, position

    def stepBy(self, steps: int) -> None:
        typed = read_number(self.text())
        value = self._value if typed is None or not self.lineEdit().isModified() else typed
        self.enter(round(value + steps * STEP, 12))
        self.selectAll()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        return QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance("\N{MINUS SIGN}0.000000000") + 5 * GRID
        return QSize(width, super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            typed = read_number(self.text())
            if typed is None:
                self.refused.emit(self.text())
            elif self.lineEdit().isModified():
                self.enter(typed)
            self.selectAll()
            event.accept()
        else:
            super().keyPressEvent(event)


class Popup(QFrame):
    """A small window over the others. Escape, or a click outside, closes it for good."""

    closed = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def open_at(self, corner: QPoint) -> None:
        """Show with the upper left corner at a point of the screen, or as near as the screen allows."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        x = max(room.left(), min(corner.x(), room.right() - self.width()))
        y = max(room.top(), min(corner.y(), room.bottom() - self.height()))
        self.move(x, y)
        self.show()

    def open_beside(self, spared: QRect, room: QRect) -> None:
        """Show within a room of the screen, beside what must stay in sight, as far as both are possible."""
        self.adjustSize()
        width, height = self.width(), self.height()
        right, bottom = room.right() + 1 - width, room.bottom() + 1 - height
        level = max(room.top(), min(spared.center().y() - height // 2, bottom))
        upright = max(room.left(), min(spared.center().x() - width // 2, right))
        corners = (
            (spared.right() + GRID, level),
            (spared.left() - GRID - width, level),
            (upright, spared.bottom() + GRID),
            (upright, spared.top() - GRID - height),
            *((x, y) for x in (room.left(), right) for y in (room.top(), bottom)),
        )
        places = [QRect(x, y, width, height) for x, y in corners]
        fitting = [place for place in places if room.contains(place)]
        self.open_at(min(fitting, key=lambda place: _area(place & spared), default=room).topLeft())

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


class WeightEditor(Popup):
    """Numbers with their names, each with a field and a button that sets it to 0."""

    value_entered = Signal(object, float, float)  # the row's key, the number before, the number now

    def __init__(self, title: str, rows: Sequence[Row], parent: QWidget) -> None:
        super().__init__("weight_editor", parent)
        self.setAccessibleName(title)
        self._fields = {row.key: self._field(row) for row in rows}
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading)
        layout.addWidget(self._table(rows))
        hint = QLabel(self.tr("Enter sets a number, Esc closes."))
        hint.setProperty("role", "muted")
        layout.addWidget(hint)

    def field(self, key: Hashable) -> NumberField:
        """The field of one row."""
        return self._fields[key]

    def show_values(self, values: Mapping[Hashable, float]) -> None:
        """Follow numbers that change while the pop-up is open."""
        for key, value in values.items():
            self._fields[key].show_value(value)

    def _field(self, row: Row) -> NumberField:
        field = NumberField(row.value)
        field.setObjectName("number")
        help = self.tr("{name}: type a number and press Enter, or step with the arrows. Training goes on from there.")
        field.setToolTip(help.format(name=row.label))
        field.setAccessibleName(row.label)
        field.setAccessibleDescription(field.toolTip())
        field.value_entered.connect(lambda old, new: self.value_entered.emit(row.key, old, new))
        field.refused.connect(lambda typed: refuse(field, self.tr("“{0}” is not a number.").format(typed.strip())))
        field.lineEdit().textEdited.connect(lambda: take_back(field))
        return field

    def _zero_button(self, row: Row) -> QToolButton:
        button = QToolButton()
        button.setObjectName("set_to_zero")
        button.setText(self.tr("set to 0"))
        button.setAccessibleName(self.tr("set {name} to 0").format(name=row.label))
        button.setToolTip(self.tr("Set {name} to 0.").format(name=row.label))
        button.setAccessibleDescription(button.toolTip())
        button.clicked.connect(lambda: self._fields[row.key].enter(0.0))
        return button

    def _table(self, rows: Sequence[Row]) -> QWidget:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID // 2)
        for index, row in enumerate(rows):
            grid.addWidget(QLabel(row.label), index, 0)
            grid.addWidget(self._fields[row.key], index, 1)
            grid.addWidget(self._zero_button(row), index, 2)
        if len(rows) <= MOST_ROWS:
            return table
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(table)
        size = table.sizeHint()
        bar = scroll.verticalScrollBar().sizeHint().width()
        scroll.setFixedSize(size.width() + bar, size.height() // len(rows) * MOST_ROWS)
        return scroll

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        first = next(iter(self._fields.values()))
        first.setFocus(Qt.FocusReason.PopupFocusReason)
        first.selectAll()


def _area(rect: QRect) -> int:
    return rect.width() * rect.height()
