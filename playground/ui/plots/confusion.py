"""A table of true classes against answers, in the colours of the classes. Knows neither network nor frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from playground.options.numerals import counted, percent
from playground.ui.plots.heat_map import class_colour
from playground.ui.theme import GRID

FAINTEST, STRONGEST = 0.06, 0.85  # opacity of a cell's colour, of no and of all examples of its class
SMALLEST = 5.5  # points, of numbers that can still be read
WIDEST = 0.28  # share of the width that the names of the rows may take


class ConfusionTable(pg.GraphicsWidget):  # type: ignore[misc]
    """A row for each true class and a column for each answer; a cell is as strong as its share of the row."""

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._font = font
        self._metrics = QFontMetricsF(font)
        self.counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self._names: tuple[str, ...] = ()

    def show_counts(self, counts: NDArray[np.int64], names: tuple[str, ...]) -> None:
        """Draw counts (classes, classes), rows the truth."""
        self.counts, self._names = counts, names
        self.update()

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """Row and column at a place of the scene."""
        cells, at = self._cells(), self.mapFromScene(place)
        if not len(self.counts) or not cells.contains(at):
            return None
        count = len(self.counts)
        row = int((at.y() - cells.top()) / cells.height() * count)
        column = int((at.x() - cells.left()) / cells.width() * count)
        return min(row, count - 1), min(column, count - 1)

    def _cells(self) -> QRectF:
        """The part without names."""
        widest = max(map(self._metrics.horizontalAdvance, self._names), default=0.0) + 4 * GRID
        left, top = min(widest, WIDEST * self.width()), self._top * (2 if self._titled else 1)
        return QRectF(left, top, self.width() - left - GRID / 2, self.height() - top - GRID / 2)

    @property
    def _top(self) -> float:
        """How high a row of words above the cells is."""
        return self._metrics.height() + (GRID if self._titled else GRID / 2)

    @property
    def _titled(self) -> bool:
        """Whether words above the names leave each row of numbers its room."""
        line = self._metrics.height()
        return self.height() - 2.0 * (line + GRID) >= len(self.counts) * (line + 2.0)

    def _fitted(self, high: float) -> QFont:
        """The font, or a smaller one where the rows are lower than it."""
        font, size = QFont(self._font), self._metrics.height()
        if high < size:
            font.setPointSizeF(max(font.pointSizeF() * high / size, SMALLEST))
        return font

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        count, cells = len(self.counts), self._cells()
        if not count or cells.width() <= 0.0 or cells.height() <= 0.0:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        wide, high, above = cells.width() / count, cells.height() / count, self._top
        centre, right = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self.palette().placeholderText().color())
        painter.setFont(self._font)
        if self._titled:
            painter.drawText(QRectF(cells.left(), 0.0, cells.width(), above), centre, self.tr("predicted class"))
            true = self._metrics.elidedText(self.tr("true class"), Qt.TextElideMode.ElideRight, cells.left() - GRID)
            painter.drawText(QRectF(0.0, above, cells.left() - GRID, above), right, true)
        painter.setFont(self._fitted(high))
        sums = np.maximum(self.counts.sum(axis=1, keepdims=True), 1)
        shares = self.counts / sums
        for row, name in enumerate(self._names):
            top = cells.top() + row * high
            self._name(painter, QRectF(0.0, top, cells.left() - GRID, high), row, name, right)
            head = QRectF(cells.left() + row * wide, cells.top() - above, wide, above)
            self._name(painter, head, row, name, centre)
            for column in range(count):
                cell = QRectF(cells.left() + column * wide, top, wide, high).adjusted(1.0, 1.0, -1.0, -1.0)
                self._cell(painter, cell, column, int(self.counts[row, column]), float(shares[row, column]))
        painter.setPen(QPen(self.palette().text().color(), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index in range(count):  # what is right
            painter.drawRect(QRectF(cells.left() + index * wide, cells.top() + index * high, wide, high))

    def _name(self, painter: QPainter, room: QRectF, index: int, name: str, align: Qt.AlignmentFlag) -> None:
        painter.setPen(self.palette().text().color())
        painter.drawText(room, align, self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width()))
        under = QRectF(room.left(), room.bottom() - 3.0, room.width(), 2.0)
        if align == Qt.AlignmentFlag.AlignCenter:
            painter.fillRect(under.adjusted(2.0, 0.0, -2.0, 0.0), class_colour(index))

    def _cell(self, painter: QPainter, cell: QRectF, column: int, count: int, share: float) -> None:
        colour = class_colour(column)
        colour.setAlphaF(FAINTEST + (STRONGEST - FAINTEST) * share)
        painter.fillRect(cell, colour)
        palette = self.palette()
        ink = _readable(colour, palette.base().color()) if count else palette.placeholderText().color()
        painter.setPen(ink)
        number, of_row = counted(count), percent(share)
        metrics = QFontMetricsF(painter.font())
        both = metrics.horizontalAdvance(of_row) < cell.width() and 2 * metrics.height() < cell.height()
        if metrics.horizontalAdvance(number) < cell.width() and metrics.height() < cell.height() + 4.0:
            text = f"{number}\n{of_row}" if both and count else number
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)


def _readable(colour: QColor, ground: QColor) -> QColor:
    """Black or white, whichever stands out more on a colour that lies over the ground."""
    alpha = colour.alphaF()
    own, below = (np.array([each.redF(), each.greenF(), each.blueF()]) for each in (colour, ground))
    luminance = (alpha * own + (1.0 - alpha) * below) ** 2.2 @ [0.2126, 0.7152, 0.0722]
    return QColor("black" if luminance > 0.179 else "white")
