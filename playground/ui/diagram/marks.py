"""What stands in a network's diagram beside units and edges: bands where a layer is normalised, and the key.

Knows no numbers of the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF

from playground.experiment.config import Config
from playground.nn.normalizations import Normalization
from playground.ui.diagram.geometry import Geometry
from playground.ui.diagram.numbers import Quantity
from playground.ui.forms.controls import wrapped
from playground.ui.forms.knob_widgets import about
from playground.ui.theme import GRID, NEGATIVE, POSITIVE, Theme, small

BAND = 11  # pixels across
LETTERS = 9
SAMPLE = 28  # pixels, of a stroke in the key
ROWS = 3
SIGNS = {Quantity.WEIGHTS: "w", Quantity.GRADIENTS: "∂L/∂w", Quantity.UPDATES: "Δw"}


@dataclass(frozen=True)
class Band:
    """Where values are normalised: one a unit over the mini-batch, or one across units that are taken together."""

    rect: QRect
    kind: Normalization

    @property
    def help(self) -> str:
        """What it does, in words."""
        return wrapped(about(type(self.kind)))

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """A slip that the edges run into, or out of, with its sign along it."""
        painter.save()
        painter.setPen(QColor(theme.border))
        painter.setBrush(QColor(theme.raised))
        painter.drawRect(self.rect.adjusted(0, 0, -1, -1))
        font = painter.font()
        font.setPixelSize(LETTERS)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        painter.translate(QRectF(self.rect).center())
        painter.rotate(-90)
        painter.drawText(QRect(-40, -10, 80, 20), Qt.AlignmentFlag.AlignCenter, self.kind.sign)
        painter.restore()


def bands_of(config: Config, geometry: Geometry) -> list[Band]:
    """The bands of all layers: before the units, or behind them where the activations are normalised."""
    bands = []
    for column, layer in enumerate(config.network.hidden, 1):
        kind = layer.normalization
        if not kind.sign or column >= len(geometry.shape):
            continue
        units = [geometry.unit(column, unit) for unit in range(geometry.shape[column])]
        if kind.together:
            units = [units[0] | units[-1]]
        for unit in units:
            left = unit.right() + 2 if kind.after else unit.left() - BAND - 1
            bands.append(Band(QRect(left, unit.top(), BAND, unit.height()), kind))
    return bands


@dataclass(frozen=True)
class Key:
    """What width and colour of an edge and the small squares mean, in a corner where nothing else is."""

    geometry: Geometry
    what: Quantity

    @property
    def words(self) -> tuple[str, ...]:
        return (f"|{SIGNS[self.what]}|", "+ / −", _tr("bias"))

    def place(self, metrics: QFontMetrics) -> QRect | None:
        """Where there is room for it, or None."""
        width = SAMPLE + GRID + max(map(metrics.horizontalAdvance, self.words))
        return _corner(self.geometry, width, ROWS * (metrics.height() + 1))

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Three samples, each with its word."""
        painter.save()
        painter.setFont(small(painter.font()))
        place = self.place(painter.fontMetrics())
        if place is not None:
            self._paint_at(place, painter, theme)
        painter.restore()

    def _paint_at(self, place: QRect, painter: QPainter, theme: Theme) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines = [place.top() + round((row + 0.5) * place.height() / ROWS) for row in range(ROWS)]
        left, right, middle = place.left(), place.left() + SAMPLE, place.left() + SAMPLE // 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.muted))
        painter.drawPolygon(
            QPolygonF([QPointF(left, lines[0]), QPointF(right, lines[0] - 3), QPointF(right, lines[0] + 3)])
        )
        for begin, end, colour in ((left, middle - 2, POSITIVE), (middle + 2, right, NEGATIVE)):
            painter.setPen(QPen(QColor(colour), 2.5))
            painter.drawLine(QPointF(begin, lines[1]), QPointF(end, lines[1]))
        painter.fillRect(QRect(middle - 8, lines[2] - 3, 7, 7), QColor(POSITIVE))
        painter.fillRect(QRect(middle + 2, lines[2] - 3, 7, 7), QColor(NEGATIVE))
        painter.setPen(QColor(theme.muted))
        height = place.height() // ROWS
        for line, word in zip(lines, self.words, strict=True):
            beside = QRect(right + GRID, line - height // 2, place.right() - right, height)
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)


def words_of_key(what: Quantity) -> str:
    """The key in words, for where it has no room."""
    sentence = _tr(
        "The wider an edge, the larger |{0}|; blue is positive, orange negative. The small square at a unit's corner is its "
        "bias, in the same colours."
    )
    return sentence.format(SIGNS[what])


@lru_cache(maxsize=8)
def _corner(geometry: Geometry, width: int, height: int) -> QRect | None:
    right, bottom = geometry.width - GRID - width, geometry.height - GRID - height
    corners = [QPoint(x, y) for y in (bottom, GRID) for x in (right, GRID)]
    places = [QRect(corner.x(), corner.y(), width, height) for corner in corners]
    return next((place for place in places if geometry.free(place.adjusted(-GRID, -GRID, GRID, GRID))), None)


def _tr(text: str) -> str:
    return QCoreApplication.translate("diagram_marks", text)
