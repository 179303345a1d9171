"""Pictures of activations: f and f′ over the pre-activation z, large and as icons. Knows no layer and no config."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPainter, QPaintEvent, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from playground.nn.activations.activation import Activation
from playground.nn.calls import run
from playground.ui.theme import GRID, NEGATIVE

REACH = 4.0  # z is drawn from minus this to this
POINTS = 241
LEAST, MOST = 1.25, 4.2  # how far the vertical axis goes, at least and at most, up and down
ICON = QSize(28, 18)
SHARPNESS = 3  # pixels drawn for each of an icon, for screens of high density
LEGEND = 20  # pixels above the plot

Floats = NDArray[np.float64]


class Curves(NamedTuple):
    """What is drawn of an activation over z; more than one curve where a unit has more than one output."""

    values: Floats  # (curves, points)
    slopes: Floats  # (curves, points)


@cache
def curves_of(activation: Activation) -> Curves:
    """Values and slopes of one unit.

    Of a coupled one, the first of two outputs while the other's z is 0. A unit that looks at several pre-activations gets
    straight lines of z, the tangents of a parabola.
    """
    z = np.linspace(-REACH, REACH, POINTS)
    rows, outputs = activation.widths(1)
    if activation.coupled:
        rows, outputs = 2, 2
        inclines, shifts = np.array([1.0, 0.0]), np.zeros(2)
    elif rows > 1:
        touching = np.linspace(-2.5, 3.5, rows)
        inclines, shifts = touching / 4.0, -(touching**2) / 8.0
    else:
        inclines, shifts = np.ones(1), np.zeros(1)
    inputs = inclines[:, None] * z + shifts[:, None]  # (rows, points)
    values, slopes = np.empty((outputs, POINTS)), np.empty((outputs, POINTS))
    run(activation.forward(inputs, values))
    for output in range(outputs):
        upstream, delta = np.zeros_like(values), np.empty_like(inputs)
        upstream[output] = 1.0
        run(activation.backward(inputs, values, upstream, delta))
        slopes[output] = inclines @ delta
    shown = 1 if activation.coupled else outputs
    return Curves(values[:shown], slopes[:shown])


class CurvePicture(QWidget):
    """f and f′ of one activation, with axes."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(self.sizeHint())
        self._activation: Activation | None = None

    def show_activation(self, activation: Activation) -> None:
        """Show another activation, with its numbers."""
        self._activation = activation
        self.setAccessibleName(self.tr("f and f′ of {activation}").format(activation=activation.label))
        self.update()

    def _remark(self, activation: Activation) -> str:
        """What has to be known of the curves drawn."""
        rows, outputs = activation.widths(1)
        if activation.coupled:
            return self.tr("of z and 0")
        if rows > 1:
            return self.tr("e.g. {pieces} lines").format(pieces=rows)
        return self.tr("{outputs} outputs").format(outputs=outputs) if outputs > 1 else ""

    def _paint_legend(self, painter: QPainter, activation: Activation) -> None:
        metrics, left = painter.fontMetrics(), GRID // 2
        for name, pen in (("f", _value_pen(self.palette())), ("f′", _slope_pen())):
            painter.setPen(pen)
            painter.drawLine(QPointF(left, LEGEND / 2), QPointF(left + 12, LEGEND / 2))
            painter.setPen(self.palette().windowText().color())
            text = QRect(left + 16, 0, metrics.horizontalAdvance(name) + 2, LEGEND)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, name)
            left = text.right() + GRID + GRID // 2
        painter.setPen(self.palette().placeholderText().color())
        rest = QRect(left, 0, self.width() - left, LEGEND)
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._remark(activation))

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, 12 * GRID + LEGEND)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._activation is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_legend(painter, self._activation)
            field = QRectF(self.rect()).adjusted(0.5, LEGEND + 0.5, -0.5, -0.5)
            painter.setPen(self.palette().mid().color())
            painter.setBrush(self.palette().base())
            painter.drawRoundedRect(field, 4, 4)
            painter.setClipRect(field)
            curves = curves_of(self._activation)
            plot = Plot(field, *ends_of(curves.values, curves.slopes))
            plot.paint_axes(painter, self.palette())
            plot.paint_curves(painter, curves.slopes, _slope_pen())
            plot.paint_curves(painter, curves.values, _value_pen(self.palette()))


class CurveDelegate(QStyledItemDelegate):
    """Puts its curve before each entry of a list; drawn when it is seen, for working out all of them takes its time."""

    def __init__(self, activations: Sequence[Activation | None], parent: QObject) -> None:
        super().__init__(parent)
        self._activations = activations

    # Qt

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        metrics = QFontMetrics(option.font)
        width = ICON.width() + 3 * GRID + metrics.horizontalAdvance(str(index.data()))
        return QSize(width, max(ICON.height(), metrics.height()) + 4)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        activation = self._activations[index.row()]
        if activation is not None:
            drawn: Any = option  # whose stubs lack the fields
            drawn.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            drawn.decorationSize = ICON
            drawn.icon = curve_icon(activation, drawn.palette)


def curve_icon(activation: Activation, palette: QPalette) -> QIcon:
    """The curve of an activation in the colours of a palette, also for a row that is selected or cannot be."""
    colours = (palette.accent(), palette.highlightedText(), palette.placeholderText())
    return _icon(activation, *(brush.color().name() for brush in colours))


@lru_cache(256)
def _icon(activation: Activation, ink: str, selected: str, quiet: str) -> QIcon:
    icon = QIcon()
    curves = curves_of(activation).values[:, :: POINTS // ICON.width()]
    for mode, line, ground in (
        (QIcon.Mode.Normal, ink, QColor(quiet)),
        (QIcon.Mode.Selected, selected, QColor(selected)),
        (QIcon.Mode.Disabled, quiet, QColor(quiet)),
    ):
        pixmap = QPixmap(ICON * SHARPNESS)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(SHARPNESS, SHARPNESS)
            plot = Plot(QRectF(1, 1, ICON.width() - 2, ICON.height() - 2), *ends_of(curves))
            ground.setAlphaF(0.5)
            plot.paint_curves(painter, np.zeros((1, 2)), QPen(ground, 0.75))
            plot.paint_curves(painter, curves, QPen(QColor(line), 1.5))
        icon.addPixmap(pixmap, mode)
    return icon


class Plot(NamedTuple):
    """A field in which z goes from one side to the other, and values from low to high."""

    field: QRectF
    low: float
    high: float

    def at(self, z: float, value: float) -> QPointF:
        """Where a point of a curve lies."""
        right, up = (z + REACH) / (2.0 * REACH), (value - self.low) / (self.high - self.low)
        return QPointF(self.field.left() + right * self.field.width(), self.field.bottom() - up * self.field.height())

    def paint_curves(self, painter: QPainter, curves: Floats, pen: QPen) -> None:
        """Curves (curves, points), evenly from one side to the other; what lies beyond the field runs along its edge."""
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        z = np.linspace(-REACH, REACH, curves.shape[1]).tolist()
        for curve in curves.clip(self.low, self.high).tolist():
            painter.drawPolyline(QPolygonF([self.at(*point) for point in zip(z, curve, strict=True)]))

    def paint_axes(self, painter: QPainter, palette: QPalette) -> None:
        """Both axes through 0, with a few numbers."""
        left, right, unit, zero = self.at(-REACH, 0.0), self.at(REACH, 0.0), self.at(0.0, 1.0), self.at(0.0, 0.0)
        painter.setPen(palette.mid().color())
        painter.drawLine(left, right)
        painter.drawLine(QPointF(zero.x(), self.field.top()), QPointF(zero.x(), self.field.bottom()))
        painter.drawLine(unit - QPointF(3, 0), unit + QPointF(3, 0))
        font = painter.font()
        font.setPixelSize(10)
        painter.setFont(font)
        painter.setPen(palette.placeholderText().color())
        painter.drawText(left + QPointF(3, 11), f"−{REACH:g}")
        painter.drawText(right + QPointF(-9, 11), f"{REACH:g}")
        painter.drawText(unit + QPointF(-11, 4), "1")


def ends_of(*curves: Floats) -> tuple[float, float]:
    """How far the vertical axis goes down and up: beyond −1 and 1 in any case, and no further than can be read."""
    low, high = min(float(lines.min()) for lines in curves), max(float(lines.max()) for lines in curves)
    return -min(max(-low, LEAST), MOST), min(max(high, LEAST), MOST)


def _value_pen(palette: QPalette) -> QPen:
    return QPen(palette.accent().color(), 2.0)


def _slope_pen() -> QPen:
    return QPen(QColor(NEGATIVE), 1.2)
