"""The controls that forms are made of, flat and calm: slider, selector, box. Knows no config."""

from __future__ import annotations

import bisect
import textwrap
from functools import cache
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QSlider,
    QStyledItemDelegate,
)

from playground.ui.theme import GRID

RESTART_MARK = "⇤"  # beside what restarts the run: back to the starting line, and not the reset button's arrow
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class CalmWheel:
    """Leaves the wheel to the surrounding panel until the widget has the focus, so that scrolling edits nothing."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():  # type: ignore[attr-defined]
            super().wheelEvent(event)  # type: ignore[misc]
        else:
            event.ignore()


class Slider(CalmWheel, QSlider):
    """A slider over a list of round numbers."""

    def __init__(self, stops: list[float]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(5 * GRID)
        self.show_stops(stops)

    def show_stops(self, stops: list[float]) -> None:
        """Slide over these numbers, in rising order."""
        self.stops = stops
        with QSignalBlocker(self):
            self.setRange(0, len(stops) - 1)
            self.setPageStep(max(len(stops) // 10, 1))

    def show_value(self, value: float) -> None:
        """Stand at the stop nearest to a number."""
        right = min(bisect.bisect_left(self.stops, value), len(self.stops) - 1)
        left = max(right - 1, 0)
        with QSignalBlocker(self):
            self.setValue(left if value - self.stops[left] < self.stops[right] - value else right)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in ARROWS:
            event.accept()  # here they slide, whatever they do elsewhere in the window
            return True
        return super().event(event)


class Selector(CalmWheel, QComboBox):
    """A list to choose from, as narrow as its column."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setItemDelegate(QStyledItemDelegate(self))  # the default one heeds no style sheet
        self.setProperty("role", "selector")
        self.view().setProperty("role", "choices")

    def show_entry(self, index: int, tip: str, refusal: str = "") -> None:
        """Say what an entry means, or why it cannot be chosen."""
        item = cast(QStandardItemModel, self.model()).item(index)
        item.setEnabled(not refusal)
        item.setToolTip(wrapped(refusal or tip))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)  # a style sheet takes the arrow away
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().placeholderText().color(), 1.5))
        tip = QPointF(self.width() - 1.5 * GRID, self.height() / 2 + 2)
        painter.drawPolyline([tip + QPointF(-4, -4), tip, tip + QPointF(4, -4)])
        painter.end()

    def showPopup(self) -> None:
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 2 * GRID)
        super().showPopup()


class Box(QCheckBox):
    """A check box whose frame is seen in a dark theme too."""

    def sizeHint(self) -> QSize:
        word = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(14 + (GRID + word.width() if self.text() else 0), max(word.height(), 14) + GRID // 2)

    def hitButton(self, place: QPoint) -> bool:
        return self.rect().contains(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        unfocused = palette.highlight() if self.isChecked() else palette.placeholderText()
        frame = palette.text() if self.hasFocus() else unfocused
        painter.setPen(QPen(frame.color(), 1.0))
        painter.setBrush(palette.highlight() if self.isChecked() else palette.base())
        top = (self.height() - 14) / 2
        painter.drawRoundedRect(QRectF(0.5, top + 0.5, 13, 13), 3, 3)
        if self.isChecked():
            painter.setPen(QPen(palette.highlightedText().color(), 2.0))
            painter.drawPolyline([QPointF(3.5, top + 7), QPointF(6, top + 9.5), QPointF(10.5, top + 4.5)])
        painter.setPen(palette.windowText().color())
        beside = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(self.rect().adjusted(14 + GRID // 2 + 2, 0, 0, 0), beside, self.text())
        painter.end()


@cache
def wrapped(text: str) -> str:
    """The text in lines short enough for a tooltip."""
    return "\n".join(textwrap.fill(line, 60) for line in text.split("\n"))


def sentence_label(name: str, role: str = "") -> QLabel:
    """Where a sentence will stand, in as many lines as it needs; a role such as "muted" or "remark" is its look."""
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label
