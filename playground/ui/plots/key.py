"""The key above a map: a colour bar with its ends, or the classes with their symbols; and whose points lie over it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from playground.options.numerals import trimmed
from playground.ui.plots.heat_map import SYMBOL_SIZES, Pixels, class_colour, symbol
from playground.ui.plots.points import Part, marked
from playground.ui.theme import GRID

NARROWEST = 6 * GRID  # pixels, of a class's sign and the beginning of its name
NARROWEST_BAR = 4 * GRID
NO_CLASS = QColor("#4c4c4c")  # of a point that stands for those of every class


class Key(pg.GraphicsWidget):  # type: ignore[misc]
    """Above the map a row that says what its colours mean: a bar between two ends, or each class's sign and name.

    Where points lie over the map, a second row tells the parts that they are of.
    """

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._font = font
        self._metrics = QFontMetricsF(font)
        self._indent = self._reach = 0.0
        self.bar: QImage | None = None
        self.title = ""
        self.levels = (0.0, 1.0)
        self.classes: tuple[str, ...] = ()
        self.parts: dict[Part, str] = {}
        self._row = self._metrics.height() + GRID
        self.setFixedHeight(self._row)

    def show_bar(self, title: str, levels: tuple[float, float], table: Pixels, classes: tuple[str, ...]) -> None:
        """Colours between two levels, with the names of two classes at the ends, or else numbers after a title."""
        pixels = np.ascontiguousarray(table)
        self.bar = QImage(pixels.data, len(pixels), 1, 3 * len(pixels), QImage.Format.Format_RGB888).copy()
        self.title, self.levels, self.classes = title, levels, classes
        self.setToolTip("")
        self.update()

    def show_classes(self, classes: tuple[str, ...]) -> None:
        """Signs and names side by side, as many as there is room for; the tooltip has all."""
        self.bar, self.classes = None, classes
        self.setToolTip("\n".join(classes))
        self.update()

    def show_parts(self, parts: dict[Part, str]) -> None:
        """Points of these, by name, lie over the map."""
        self.parts = parts
        self.setFixedHeight(self._row + (self._metrics.height() + GRID / 4 if parts else 0.0))
        self.update()

    def set_indent(self, indent: float, reach: float = 0.0) -> None:
        """Begin this far from the left, where the map does; where names need more room, reach so far beyond both sides."""
        self.prepareGeometryChange()
        self._indent, self._reach = indent, reach
        self.update()

    def boundingRect(self) -> QRectF:
        bounds: QRectF = super().boundingRect().adjusted(-self._reach, 0.0, self._reach, 0.0)
        return bounds

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        painter.setFont(self._font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self._indent, 0.0, self.width() - self._indent, self._row)
        if room.width() < sum(self._width(name) + 4.0 * GRID for name in self.classes):
            room = QRectF(-self._reach, 0.0, self.width() + 2.0 * self._reach, self._row)
        if self.bar is None:
            self._paint_classes(painter, room)
        else:
            self._paint_bar(painter, room, self.bar)
        left = room.left()
        for part, name in self.parts.items():
            place = QRectF(left, self._row - GRID / 4, self._width(name) + 2 * GRID, self._metrics.height())
            self._paint_sign(painter, place, "o", *marked(NO_CLASS, part))
            self._paint_name(painter, place, name)
            left = place.right() + 2 * GRID

    def _paint_classes(self, painter: QPainter, room: QRectF) -> None:
        """In equal shares; where these would be too narrow to read, the first ones and how many more there are."""
        share, shown, more = room.width() / max(len(self.classes), 1), len(self.classes), ""
        if share < NARROWEST:
            word = self.tr("+{0} more")
            more = word.format(len(self.classes))
            free = room.width() - self._width(more) - GRID
            shown = max(int(free / NARROWEST), 0)
            share, more = free / max(shown, 1), word.format(len(self.classes) - shown)
        for index, name in enumerate(self.classes[:shown]):
            self._paint_class(painter, QRectF(room.left() + index * share, 0.0, share, room.height()), index, name)
        painter.setPen(self.palette().placeholderText().color())
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, more)

    def _paint_bar(self, painter: QPainter, room: QRectF, bar: QImage) -> None:
        if self.classes:
            ends = [min(self._width(name) + 2.5 * GRID, room.width() / 3) for name in self.classes]
            first = QRectF(room.left(), 0.0, ends[0], room.height())
            last = QRectF(room.right() - ends[1], 0.0, ends[1], room.height())
            self._paint_class(painter, first, 0, self.classes[0])
            self._paint_class(painter, last, 1, self.classes[1])
        else:
            low, high = map(trimmed, self.levels)
            number = max(self._width(text) for text in (low, high, "−0.00"))  # so that the bar does not jump
            free = room.width() - 2 * number - 4 * GRID - NARROWEST_BAR
            title = self._metrics.elidedText(self.title, Qt.TextElideMode.ElideRight, min(free, room.width() / 2))
            painter.setPen(self.palette().text().color())
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
            left = room.left() + (self._width(title) + 2 * GRID if title else 0.0)
            first = QRectF(left, 0.0, number, room.height())
            last = QRectF(room.right() - number, 0.0, number, room.height())
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, low)
            painter.drawText(last, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, high)
        place = QRectF(first.right() + GRID, room.center().y() - GRID / 2, last.left() - first.right() - 2 * GRID, GRID)
        painter.drawImage(place, bar)
        painter.setPen(self.palette().mid().color())
        painter.drawRect(place)

    def _paint_class(self, painter: QPainter, room: QRectF, index: int, name: str) -> None:
        self._paint_sign(painter, room, symbol(index), pg.mkPen(None), pg.mkBrush(class_colour(index)))
        self._paint_name(painter, room, name)

    def _paint_sign(self, painter: QPainter, room: QRectF, sign: str, pen: QPen, brush: QBrush) -> None:
        painter.save()
        painter.translate(room.left() + GRID / 2, room.center().y())
        size = (GRID + 2) * SYMBOL_SIZES.get(sign, 1.0)
        drawSymbol(painter, sign, size, QPen(pen.brush(), pen.widthF() / size, pen.style()), brush)
        painter.restore()

    def _paint_name(self, painter: QPainter, room: QRectF, name: str) -> None:
        text = room.adjusted(1.5 * GRID, 0.0, 0.0, 0.0)
        painter.setPen(self.palette().text().color())
        words = self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _width(self, text: str) -> float:
        return self._metrics.horizontalAdvance(text)
