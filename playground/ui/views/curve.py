"""Lines over epochs: their scale, axis and pointer. Knows neither what the lines measure nor any frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QColor, QFont

from playground.ui.theme import GRID, Theme
from playground.ui.views.view import colour_axes, quiet

Floats = NDArray[np.floating]

MOST_POINTS = 400  # of one line; about as many as a plot of the usual size has pixels
MOST_MEDIANS = 96
FAINT = 0.3  # opacity of a noisy line under its medians
MOST_DIGITS = 6 * GRID  # pixels, about the width of an epoch's number
SMALLEST = 1e-300  # below it, parts of a number are no longer exact
LEFT_AXIS = 52  # pixels, fixed so that a new tick label does not move the plot
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Scale:
    """Where values stand on a vertical axis; its ends are round, so that it moves seldom while values do.

    Attributes:
        low, high: ends in axis units: values, or their decimal logarithms when `log`.
        zero: where zeros stand when `log` and there are any: below every other value.
    """

    low: float
    high: float
    log: bool
    zero: float | None = None

    @classmethod
    def linear(cls, values: Floats) -> Scale:
        """From 0 to a round number above all values."""
        largest = float(np.max(values, initial=0.0, where=np.isfinite(values)))
        if largest < SMALLEST:
            largest = 1.0
        step = 10.0 ** math.floor(math.log10(largest))
        step = next(part for part in (step / 5.0, step / 2.0, step, 2.0 * step) if largest <= 6.0 * part)
        return cls(0.0, step * math.ceil(largest / step - 1e-9), False)

    @classmethod
    def logarithmic(cls, values: Floats) -> Scale:
        """Between numbers 1, 2 or 5 times a power of ten that enclose all positive values; zeros apart below."""
        positive = values[np.isfinite(values) & (values > 0.0)]
        logs = np.log10([positive.min(), positive.max()]) if positive.size else np.array([-3.0, 0.0])
        marks = np.log10([1.0, 2.0, 5.0, 10.0])
        low, high = np.floor(logs)
        low += marks[marks <= logs[0] - low + 1e-9][-1]
        high += marks[marks >= logs[1] - high - 1e-9][0]
        if high <= low:
            high = low + marks[1]
        zero = float(low - max(0.3, 0.12 * (high - low))) if np.any(values == 0.0) else None
        return cls(float(low), float(high), True, zero)

    @classmethod
    def around_zero(cls, values: Floats) -> Scale:
        """From 0, or a round number below all values, to a round number above them."""
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (-1.0, 1.0)
        bottom = -cls.linear(np.array([-low])).high if low < 0.0 else 0.0
        return cls(bottom, cls.linear(np.array([high])).high if high > 0.0 or not bottom else 0.0, False)

    @classmethod
    def share(cls, values: Floats) -> Scale:
        """From a round share below all values to 1."""
        smallest = float(np.min(values, initial=1.0, where=np.isfinite(values)))
        return cls(min(math.floor(10.0 * smallest) / 10.0, 0.9), 1.0, False)

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest axis unit to show, with a little air."""
        bottom = self.low if self.zero is None else self.zero
        return bottom - 0.02 * (self.high - bottom), self.high + 0.02 * (self.high - bottom)

    def places(self, values: Floats) -> Floats:
        """Axis units of values of any shape; what has no place is NaN."""
        if not self.log:
            return np.where(np.isfinite(values), values, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log10(values)
        logs = np.where(np.isfinite(logs), logs, np.nan)
        return np.where(values == 0.0, np.nan if self.zero is None else self.zero, logs)


def written(value: float) -> str:
    """A number of three digits as one writes it: 0.0123, 1.23·10⁻⁵, 0, –."""
    if not math.isfinite(value):
        return "–"
    if value == 0.0:
        return "0"
    if 1e-3 <= abs(value) < 999.5:
        return f"{value:#.3g}".rstrip(".")
    if abs(value) < 1e5 and abs(value) > 1.0:
        return f"{value:,.0f}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def decimate(epochs: Floats, values: Floats, most: int = MOST_POINTS) -> tuple[Floats, Floats]:
    """At most `most` points and one that look the same: lowest and highest of each run of records.

    epochs (records,) and values (records, lines) become (points,) and (points, lines).
    """
    if len(epochs) <= most:
        return epochs, values
    starts = np.arange(0, len(epochs), _run_length(2 * len(epochs), most))
    points = np.stack([np.fmin.reduceat(values, starts, axis=0), np.fmax.reduceat(values, starts, axis=0)], axis=1)
    points = points.reshape(2 * len(starts), -1)
    return np.append(np.repeat(epochs[starts], 2), epochs[-1]), np.concatenate([points, values[-1:]])


def medians(epochs: Floats, values: Floats, most: int = MOST_MEDIANS) -> tuple[Floats, Floats]:
    """At most `most` points and one that show the course of noisy lines: the median of each run of records.

    Shapes as in `decimate`. The last point is the median of the last full length of a run, so that it does not jump.
    """
    length = _run_length(len(epochs), most)
    if length == 1:
        return epochs, values
    runs = len(epochs) // length
    grouped = values[: runs * length].reshape(runs, length, -1)
    middle = epochs[: runs * length].reshape(runs, length).mean(axis=1)
    tail = np.median(values[-length:], axis=0)
    return np.append(middle, epochs[-1]), np.vstack([np.median(grouped, axis=1), tail])


def picked(records: int, most: int = MOST_POINTS) -> NDArray[np.intp]:
    """Every so many records and the last: at most `most` and one."""
    return np.append(np.arange(0, records - 1, _run_length(records, most)), records - 1)


def _run_length(records: int, most: int) -> int:
    """A power of two, for runs that stay the same while records are added: otherwise the line shimmers."""
    return 1 << max(math.ceil(math.log2(records / most)), 0) if records else 1


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """A left axis for any Scale. `suffix` follows each number."""

    def __init__(self, suffix: str = "") -> None:
        super().__init__("left")
        self._scale = Scale(0.0, 1.0, False)
        self._suffix = suffix
        self.setWidth(LEFT_AXIS)

    def follow(self, scale: Scale) -> None:
        """Take this scale; its ends arrive through the linked ViewBox."""
        if scale != self._scale:
            self._scale = scale
            self.picture = None
            self.update()

    def boundingRect(self) -> QRectF:
        # Room for the labels at both ends, which pyqtgraph leaves out as soon as there are grid lines.
        bounds: QRectF = super().boundingRect().adjusted(0, -GRID, 0, GRID)
        return bounds

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        scale = self._scale
        if not scale.log:
            ticks: list[tuple[float, list[float]]] = super().tickValues(minVal, maxVal, size)
            return ticks
        room = max(size / 20.0, 2.0)  # labels that fit
        decades = scale.high - scale.low
        first, last = math.ceil(scale.low - 1e-9), math.floor(scale.high + 1e-9)
        if decades * 3.0 <= room or first >= last:
            marks = [e + m for e in range(first - 1, last + 1) for m in (0.0, math.log10(2.0), math.log10(5.0))]
        else:
            step = math.ceil(decades / room)
            marks = [float(e) for e in range(first, last + 1) if e % step == 0]
        marks = [mark for mark in marks if scale.low - 1e-9 <= mark <= scale.high + 1e-9]
        return [(1.0, marks if scale.zero is None else [scale.zero, *marks])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if not self._scale.log:
            return [text + self._suffix for text in super().tickStrings(values, scale, spacing)]
        return ["0" if value == self._scale.zero else self._power(value) for value in values]

    def _power(self, logarithm: float) -> str:
        exponent = math.floor(logarithm + 1e-9)
        digit = round(10.0 ** (logarithm - exponent))
        if self._scale.low >= -3.0 - 1e-9 and self._scale.high <= 3.0 + 1e-9:
            return f"{digit * 10.0**exponent:.{max(-exponent, 0)}f}"
        power = f"10{str(exponent).translate(SUPERSCRIPTS)}"
        return power if digit == 1 else f"{digit}·{power}"


class EpochAxis(pg.AxisItem):  # type: ignore[misc]
    """A bottom axis whose first and last number stand within the picture, whole, instead of half beyond its end."""

    def boundingRect(self) -> QRectF:
        bounds: QRectF = super().boundingRect().adjusted(-MOST_DIGITS, 0, MOST_DIGITS, 0)
        return bounds

    def generateDrawSpecs(self, p: Any) -> Any:
        specs = super().generateDrawSpecs(p)
        for rect, _, _ in specs[2] if specs else ():
            rect.moveRight(min(rect.right(), self.size().width() + GRID / 2))
        return specs


class CurvePlot(pg.PlotItem):  # type: ignore[misc]
    """Some lines over epochs and a pointer that follows the mouse. Noisy lines are faint, with their medians on top.

    `pointed` says that the mouse is over another `record`, or nearest to another `line`; both are -1 when it has left.
    """

    pointed = Signal()

    def __init__(
        self, font: QFont, noisy: bool = False, suffix: str = "", factor: float = 1.0, width: float = 2.0
    ) -> None:
        self._values = ValueAxis(suffix)
        super().__init__(axisItems={"left": self._values, "bottom": EpochAxis("bottom")})
        quiet(self, font)
        self._values.setScale(factor)
        self.vb.setMouseEnabled(False, False)
        self._noisy = noisy
        self._width = width  # pixels; lines of 1 are painted in half the time
        self.record = self.line = -1
        self.mouse = QPointF()  # where it was last, on the canvas
        self._epochs: Floats = np.zeros(0)
        self._places: Floats = np.zeros((0, 0))
        self._colours: list[QColor] = []
        self._curves: list[Any] = []  # every record
        self._courses: list[Any] = []  # the medians of noisy lines
        self._line = pg.InfiniteLine(angle=90)
        self._dots = pg.ScatterPlotItem(size=7, pxMode=True)
        for item in (self._line, self._dots):
            item.setVisible(False)
            item.setZValue(10)
            self.addItem(item, ignoreBounds=True)

    def show_lines(self, epochs: Floats, values: Floats, scale: Scale, first: float = 0.0) -> None:
        """Draw values (records, lines) over epochs (records,), from `first` on."""
        self._epochs, self._places = epochs, scale.places(values)
        if len(self._curves) != values.shape[1]:
            self._make_curves(values.shape[1])
        _draw(self._curves, *decimate(epochs, self._places))
        if self._noisy:
            _draw(self._courses, *medians(epochs, self._places))
        self._values.follow(scale)
        bottom, top = scale.ends
        self.vb.setRange(
            xRange=(first, max(float(epochs[-1]) if len(epochs) else 0.0, first + 1.0)),
            yRange=(bottom, top),
            padding=0.0,
            disableAutoRange=True,
        )

    def show_colours(self, colours: list[QColor], theme: Theme) -> None:
        """One colour a line, first to last."""
        colour_axes(self, theme)
        self._line.setPen(pg.mkPen(theme.muted))
        self._dots.setPen(pg.mkPen(theme.base))
        self._colours = colours
        self._dress()

    def point_at(self, record: int) -> None:
        """Mark one record on every line; none with -1."""
        shown = 0 <= record < len(self._epochs)
        self._line.setVisible(shown)
        self._dots.setVisible(shown)
        if shown:
            places = self._places[record]
            known = np.flatnonzero(np.isfinite(places))
            self._line.setPos(self._epochs[record])
            brushes = [pg.mkBrush(self._colours[line]) for line in known]
            self._dots.setData(np.full(len(known), self._epochs[record]), places[known], brush=brushes)

    def _make_curves(self, lines: int) -> None:
        for curve in self._curves + self._courses:
            self.removeItem(curve)
        # Noisy lines that are smoothed take many times as long to paint.
        self._curves = [pg.PlotCurveItem(antialias=not self._noisy, connect="finite") for _ in range(lines)]
        self._courses = [pg.PlotCurveItem(antialias=True, connect="finite") for _ in range(lines if self._noisy else 0)]
        for curve in self._curves + self._courses:
            self.addItem(curve, ignoreBounds=True)
        self._dress()

    def _dress(self) -> None:
        for curve, colour in zip(self._curves, self._colours, strict=False):
            faint = QColor(colour)
            faint.setAlphaF(FAINT)
            curve.setPen(pg.mkPen(faint) if self._noisy else pg.mkPen(colour, width=self._width))
        for course, colour in zip(self._courses, self._colours, strict=False):
            course.setPen(pg.mkPen(colour, width=2))

    def hoverEvent(self, ev: Any) -> None:
        self.record = self.line = -1
        if not ev.isExit() and self.vb.sceneBoundingRect().contains(ev.scenePos()) and len(self._epochs):
            self.mouse = ev.scenePos()
            at = self.vb.mapSceneToView(self.mouse)
            self.record = int(np.abs(self._epochs - at.x()).argmin())
            self.line = int(np.nan_to_num(np.abs(self._places[self.record] - at.y()), nan=np.inf).argmin())
        self.pointed.emit()


def _draw(curves: list[Any], epochs: Floats, lines: Floats) -> None:
    for curve, line in zip(curves, lines.T, strict=True):
        curve.setData(epochs, line)
