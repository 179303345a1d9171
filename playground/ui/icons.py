"""The few icons of the window, drawn in the theme's colours so that no file and no font is needed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from playground.ui.theme import Theme

SIZE = 24  # the grid that shapes are drawn on
ACCENTED = ("play", "pause")  # what one looks for first
SCALE = 3  # pixels drawn for each of the grid, for sharp screens


def icon(name: str, theme: Theme) -> QIcon:
    """The icon of that name in the theme's colours."""
    pixmap = QPixmap(SIZE * SCALE, SIZE * SCALE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(SCALE, SCALE)
    ink = QColor(theme.accent if name in ACCENTED else theme.text)
    painter.setBrush(ink)
    painter.setPen(Qt.PenStyle.NoPen)
    DRAWINGS[name](painter, ink)
    painter.end()
    return QIcon(pixmap)


def _triangle(painter: QPainter, left: float, right: float, half: float = 6.5) -> None:
    painter.drawPolygon(QPolygonF([QPointF(left, 12 - half), QPointF(right, 12), QPointF(left, 12 + half)]))


def _play(painter: QPainter, ink: QColor) -> None:
    _triangle(painter, 7, 18.5, 7.5)


def _pause(painter: QPainter, ink: QColor) -> None:
    painter.drawRoundedRect(QRectF(6.5, 5, 4, 14), 1, 1)
    painter.drawRoundedRect(QRectF(13.5, 5, 4, 14), 1, 1)


def _step(painter: QPainter, ink: QColor) -> None:
    _triangle(painter, 6, 14.5)
    painter.drawRoundedRect(QRectF(15.5, 5.5, 2.5, 13), 1, 1)


def _epoch(painter: QPainter, ink: QColor) -> None:
    _triangle(painter, 3.5, 10.5, 6)
    _triangle(painter, 10.5, 17.5, 6)
    painter.drawRoundedRect(QRectF(18, 6, 2.5, 12), 1, 1)


def _arc(painter: QPainter, ink: QColor, start: float, span: float) -> None:
    painter.setPen(QPen(ink, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(5.5, 5.5, 13, 13), int(start * 16), int(span * 16))


def _reset(painter: QPainter, ink: QColor) -> None:
    painter.drawPolygon(QPolygonF([QPointF(3, 4.5), QPointF(10.5, 4.5), QPointF(5.5, 11)]))
    _arc(painter, ink, 130, -290)


def _seed(painter: QPainter, ink: QColor) -> None:
    painter.setPen(QPen(ink, 1.8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(4.5, 4.5, 15, 15), 3, 3)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    for x, y in ((8.6, 8.6), (15.4, 8.6), (12, 12), (8.6, 15.4), (15.4, 15.4)):
        painter.drawEllipse(QPointF(x, y), 1.5, 1.5)


def _theme(painter: QPainter, ink: QColor) -> None:
    disc = QPainterPath()
    disc.addEllipse(QPointF(12, 12), 7.5, 7.5)
    bite = QPainterPath()
    bite.addEllipse(QPointF(15.5, 9), 6.5, 6.5)
    painter.drawPath(disc.subtracted(bite))


def _range(painter: QPainter, ink: QColor) -> None:
    curve = QPainterPath(QPointF(3, 8))
    curve.cubicTo(QPointF(11, 8), QPointF(9, 18), QPointF(14, 18))
    curve.cubicTo(QPointF(18, 18), QPointF(19, 12), QPointF(20, 4))
    painter.setPen(QPen(ink, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(curve)


DRAWINGS: dict[str, Callable[[QPainter, QColor], None]] = {
    "play": _play,
    "pause": _pause,
    "step": _step,
    "epoch": _epoch,
    "reset": _reset,
    "seed": _seed,
    "theme": _theme,
    "range": _range,
}
