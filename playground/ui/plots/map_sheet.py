"""Maps of units side by side: a few large ones of one unit, and small ones of all units of its layer. Knows no frame."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from playground.experiment.scene import Scene
from playground.options.numerals import trimmed
from playground.ui.diagram.colours import coloured
from playground.ui.plots.heat_map import Floats, Pixels, class_colour, contour, shades
from playground.ui.plots.points import PAPER, inked
from playground.ui.theme import GRID

MOST_POINTS = 200  # training points on a large map
LARGE = 0.6  # share of the height for the large maps, where there are small ones
DOT = 2.4  # radius of a point in pixels
GAP = 4.0  # pixels between small maps
OTHER = QColor("#999999")  # of points that are not of a map's class


class Panel(NamedTuple):
    """Maps of all units, (units, cells, cells), and what their colours mean: a title, two levels, tables (256, 3).

    There is one table for all of them, or one for each.
    """

    title: str
    maps: Floats
    levels: tuple[float, float]
    tables: tuple[Pixels, ...]


class MapSheet(pg.GraphicsWidget):  # type: ignore[misc]
    """Large maps of the chosen unit above; below, for each unit, the first two panels' maps on top of each other.

    `unit_chosen` says that a small one was clicked.
    """

    unit_chosen = Signal(int)

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._font = font
        self._line = QFontMetricsF(font).height() + GRID / 2
        self._panels: list[Panel] = []
        self._unit = 0
        self._scene: Scene | None = None
        self._of_class = False
        self._large: list[QImage] = []
        self._border = QPainterPath()  # where z = 0, in shares of a map from its lower left corner
        self._small: list[QImage] = []  # of each of the first two panels all units, below one another
        self._large_places: list[QRectF] = []
        self._small_places: list[QRectF] = []  # of both maps of a unit
        self._bottom = 0.0  # of the large maps

    def show_panels(self, panels: list[Panel], unit: int, scene: Scene, of_class: bool = False) -> None:
        """Draw these; the first panel's border between the signs is drawn on the others too.

        Where each unit stands for a class (`of_class`), the points of the other classes are grey.
        """
        self._panels, self._unit, self._scene, self._of_class = panels, unit, scene, of_class
        self._large = [_picture(panel.maps[unit : unit + 1, ::-1], panel, unit) for panel in panels]
        border = contour(panels[0].maps[unit], 0.0, (0.0, 1.0, 0.0, 1.0))
        self._border = pg.arrayToQPath(*border.T, connect="finite")
        self._lay_out()
        self._small = []
        for panel in panels[:2] if self._several else ():
            fine = int(self._small_places[0].width())
            cells = np.minimum((np.arange(fine) + 0.5) / fine * panel.maps.shape[-1], panel.maps.shape[-1] - 1)
            cells = cells.astype(np.intp)
            tiles = panel.maps[:, cells[::-1, None], cells]  # (units, fine, fine), the highest y on top
            self._small.append(_picture(tiles, panel))
        self.update()

    def share_at(self, place: QPointF) -> tuple[float, float] | None:
        """How far to the right and up a place lies in the large map it is on; None where it is on none."""
        for rect in self._large_places:
            if rect.contains(place):
                return (place.x() - rect.left()) / rect.width(), (rect.bottom() - place.y()) / rect.height()
        return None

    def unit_at(self, place: QPointF) -> int | None:
        """The unit whose small maps lie at a place."""
        return next((unit for unit, small in enumerate(self._small_places) if small.contains(place)), None)

    # Places

    @property
    def _several(self) -> bool:
        """Whether the layer has units to choose from."""
        return bool(self._panels) and len(self._panels[0].maps) > 1

    def _lay_out(self) -> None:
        """Give the large maps the upper part of the sheet, or all of it where there are no small ones."""
        share = LARGE if self._several else 1.0
        room = QRectF(0.0, 0.0, self.width(), self.height() * share - GRID / 2)
        cells = tiled(len(self._panels), room, GRID, 1.0, self._line)
        self._large_places = [cell.adjusted(0.0, self._line, 0.0, 0.0) for cell in cells]
        self._bottom = max(place.bottom() for place in self._large_places)
        top = self._bottom + self._line + GRID / 2
        room = QRectF(0.0, top, self.width(), self.height() - top - 1.0)
        units = len(self._panels[0].maps) if self._several else 0
        self._small_places = tiled(units, room, GAP, 2.0, 1.0)

    # Qt

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        if not self._panels:
            return
        painter.setFont(self._font)
        for index, (image, rect) in enumerate(zip(self._large, self._large_places, strict=True)):
            self._paint_large(painter, index, image, rect)
        if not self._several:
            return
        below = QRectF(0.0, self._bottom + GRID / 2, self.width(), self._line)
        painter.setPen(self.palette().placeholderText().color())
        words = self.tr("all units of the layer: above {0}, below {1}")
        painter.drawText(
            below, Qt.AlignmentFlag.AlignCenter, words.format(self._panels[0].title, self._panels[1].title)
        )
        for unit in range(len(self._panels[0].maps)):
            self._paint_small(painter, unit)

    def _paint_large(self, painter: QPainter, index: int, image: QImage, rect: QRectF) -> None:
        metrics, palette, panel = QFontMetricsF(self._font), self.palette(), self._panels[index]
        title = QRectF(rect.left(), rect.top() - self._line, rect.width(), self._line)
        ends = f"{trimmed(panel.levels[0])} … {trimmed(panel.levels[1])}"
        room = title.width() - metrics.horizontalAdvance(ends) - GRID
        painter.setPen(palette.text().color())
        middle = Qt.AlignmentFlag.AlignVCenter
        name = metrics.elidedText(panel.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(title, middle | Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(palette.placeholderText().color())
        painter.drawText(title, middle | Qt.AlignmentFlag.AlignRight, ends)
        painter.drawImage(rect, image)
        painter.save()
        painter.setClipRect(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_points(painter, rect)
        painter.translate(rect.bottomLeft())
        painter.scale(rect.width(), -rect.height())
        pen = QPen(palette.text().color(), 1.3)
        pen.setCosmetic(True)
        if not (
            index and self._several and len(self._panels) > 2
        ):  # of several outputs the largest decides, not a sign
            painter.strokePath(self._border, pen)
        painter.restore()
        painter.setPen(palette.mid().color())
        painter.drawRect(rect)

    def _paint_points(self, painter: QPainter, rect: QRectF) -> None:
        """The training points as dots, in their class's colour, or grey where a map is not of their class."""
        scene = self._scene
        if scene is None or not scene.classes:
            return
        x_low, x_high, y_low, y_high = scene.extent
        every = -(-len(scene.train_y) // MOST_POINTS)
        painter.setPen(QPen(PAPER, 0.8))
        for (x, y), kind in zip(scene.train_points[::every].tolist(), scene.train_y[::every].tolist(), strict=True):
            other = self._of_class and int(kind) != self._unit
            painter.setBrush(OTHER if other else inked(class_colour(int(kind))))
            across, up = (x - x_low) / (x_high - x_low), (y - y_low) / (y_high - y_low)
            painter.drawEllipse(
                QPointF(rect.left() + across * rect.width(), rect.bottom() - up * rect.height()), DOT, DOT
            )
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_small(self, painter: QPainter, unit: int) -> None:
        place = self._small_places[unit]
        side = place.width()
        for index, image in enumerate(self._small):
            fine = image.width()
            target = QRectF(place.left(), place.top() + index * (side + 1), side, side)
            painter.drawImage(target, image, QRectF(QRect(0, unit * fine, fine, fine)))
        palette, chosen = self.palette(), unit == self._unit
        painter.setPen(QPen(palette.accent() if chosen else palette.mid(), 2.0 if chosen else 1.0))
        painter.drawRect(place)

    def mousePressEvent(self, event: Any) -> None:
        unit = self.unit_at(event.pos())
        if unit is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        self.unit_chosen.emit(unit)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if self._panels and self._scene is not None:
            self.show_panels(self._panels, self._unit, self._scene, self._of_class)


def tiled(count: int, room: QRectF, gap: float, times: float, plus: float) -> list[QRectF]:
    """Places for cells as wide as they fit into a room, row by row, the last row in the middle: `times` their width and
    `plus` high.
    """
    best, side = 1, 0.0
    for columns in range(1, count + 1):
        rows = math.ceil(count / columns)
        across = (room.width() + gap) / columns - gap
        side, best = max((side, best), (min(across, ((room.height() + gap) / rows - gap - plus) / times), columns))
    side = max(math.floor(side), 4)  # whole pixels, for a picture that is not scaled takes a tenth of the time
    high = times * side + plus
    places = []
    for first in range(0, count, best):
        across = min(best, count - first)
        left = math.ceil(room.left() + (room.width() - across * (side + gap) + gap) / 2.0 - 0.5)
        top = math.ceil(room.top()) + first // best * (high + gap)
        places += [QRectF(left + column * (side + gap), top, side, high) for column in range(across)]
    return places


def _picture(maps: Floats, panel: Panel, first: int = 0) -> QImage:
    """Maps (maps, rows, columns) below one another, each from its top, coloured as those of the panel from `first` on."""
    levels = shades(maps, panel.levels).astype(np.uint8)
    own = panel.tables if len(panel.tables) == 1 else panel.tables[first : first + len(maps)]
    pixels = coloured(levels, *own)
    count, rows, columns = pixels.shape
    return QImage(pixels.data, columns, count * rows, 4 * columns, QImage.Format.Format_RGB32).copy()
