"""A small pop-up in which numbers are read and set by hand. Knows no network: it is given names and values."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.options import Number
from playground.ui.forms.number_field import NumberField
from playground.ui.theme import GRID

STEP = 0.1
LARGEST = sys.float_info.max
MOST_ROWS = 9  # shown at once; more scroll


class Row(NamedTuple):
    """One number: what it is known by outside, what it is called, and its value."""

    key: Hashable
    label: str
    value: float


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
        hint = QLabel(self.tr("Enter sets a number, Esc gives it back or closes."))
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
        field = NumberField(
            Number(label=row.label, minimum=-LARGEST, maximum=LARGEST), "\N{MINUS SIGN}0.000000e-000", STEP
        )
        field.show_value(row.value)
        field.setObjectName("number")
        help = self.tr("{name}: type a number and press Enter, or step with the arrows. Training goes on from there.")
        field.setToolTip(help.format(name=row.label))
        field.setAccessibleName(row.label)
        field.setAccessibleDescription(field.toolTip())
        field.entered.connect(partial(self._enter, row.key))
        field.stepped.connect(partial(self._enter, row.key))
        return field

    def _enter(self, key: Hashable, value: float) -> None:
        """Show a number before the run does, and say that it is the user's."""
        field = self._fields[key]
        old = field.value
        field.show_value(value)
        self.value_entered.emit(key, old, value)

    def _zero_button(self, row: Row) -> QToolButton:
        button = QToolButton()
        button.setObjectName("set_to_zero")
        button.setText(self.tr("set to 0"))
        button.setAccessibleName(self.tr("set {name} to 0").format(name=row.label))
        button.setToolTip(self.tr("Set {name} to 0.").format(name=row.label))
        button.setAccessibleDescription(button.toolTip())
        button.clicked.connect(lambda: self._enter(row.key, 0.0))
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
