"""The axes of a plot over epochs: on the left values on any scale, below epochs. Knows no lines."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont

from playground.options.numerals import power
from playground.ui.plots.scale import Scale
from playground.ui.theme import GRID, Theme

LEFT_AXIS = 52  # pixels, fixed so that a new tick label does not move the plot
LABEL = 20.0  # pixels from one label to the next at the least
MOST_DIGITS = 6 * GRID  # pixels, about the width of an epoch's number


class ScaledAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis for any Scale. `suffix` follows each number."""

    def __init__(self, orientation: str, suffix: str = "") -> None:
        super().__init__(orientation)
        self._scale = Scale(0.0, 1.0, False)
        self._suffix = suffix

    def follow(self, scale: Scale) -> None:
        """Take this scale; its ends arrive through the linked ViewBox."""
        if scale != self._scale:
            self._scale = scale
            self.picture = None
            self.update()

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self._scale.log:
            return ["0" if value == self._scale.zero else self._power(value) for value in values]
        if self._scale.power:
            return [self._scale.written(value) + self._suffix for value in values]
        return [text + self._suffix for text in super().tickStrings(values, scale, spacing)]

    def _power(self, logarithm: float) -> str:
        exponent = math.floor(logarithm + 1e-9)
        digit = round(10.0 ** (logarithm - exponent))
        if self._scale.low >= -3.0 - 1e-9 and self._scale.high <= 3.0 + 1e-9:
            return f"{digit * 10.0**exponent:.{max(-exponent, 0)}f}"
        return power(exponent) if digit == 1 else f"{digit}·{power(exponent)}"


class ValueAxis(ScaledAxis):
    """A left axis."""

    def __init__(self, suffix: str = "") -> None:
        super().__init__("left", suffix)
        self.setWidth(LEFT_AXIS)

    def boundingRect(self) -> QRectF:
        # Room for the labels at both ends, which pyqtgraph leaves out as soon as there are grid lines.
        bounds: QRectF = super().boundingRect().adjusted(0, -GRID, 0, GRID)
        return bounds

    def resizeEvent(self, event: Any = None) -> None:
        super().resizeEvent(event)
        self.label.setVisible(self.label.boundingRect().width() <= self.size().height())  # it stands upright

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        scale = self._scale
        room = max(size / LABEL, 2.0)  # labels that fit
        if not scale.log:
            ticks: list[tuple[float, list[float]]] = super().tickValues(minVal, maxVal, size)
            values = sorted(value for _, level in ticks for value in level)
            if len(values) <= room:
                return ticks
            return [(ticks[0][0], values[:: math.ceil(len(values) / room)])]
        decades = scale.high - scale.low
        first, last = math.ceil(scale.low - 1e-9), math.floor(scale.high + 1e-9)
        if decades * 3.0 <= room or first >= last:
            marks = [e + m for e in range(first - 1, last + 1) for m in (0.0, math.log10(2.0), math.log10(5.0))]
        else:
            step = math.ceil(decades / room)
            marks = [float(e) for e in range(first, last + 1) if e % step == 0]
        marks = [mark for mark in marks if scale.low - 1e-9 <= mark <= scale.high + 1e-9]
        return [(1.0, marks if scale.zero is None else [scale.zero, *marks])]


class EpochAxis(ScaledAxis):
    """A bottom axis whose first and last number stand within the picture, whole, instead of half beyond its end."""

    def boundingRect(self) -> QRectF:
        bounds: QRectF = super().boundingRect().adjusted(-MOST_DIGITS, 0, MOST_DIGITS, 0)
        return bounds

    def generateDrawSpecs(self, p: Any) -> Any:
        specs = super().generateDrawSpecs(p)
        for rect, _, _ in specs[2] if specs else ():
            rect.moveRight(min(rect.right(), self.size().width() + GRID / 2))
        return specs


def quiet(plot: Any, font: QFont) -> None:
    """Take away what pyqtgraph adds to a PlotItem: buttons, loose margins, minor ticks; grid lines lie behind."""
    plot.hideButtons()
    plot.layout.setContentsMargins(0, 0, 0, 0)
    plot.vb.setDefaultPadding(0.0)
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setStyle(
            tickFont=font, tickLength=0, tickTextOffset=4, tickAlpha=255, maxTickLevel=0, hideOverlappingLabels=GRID
        )
        axis.enableAutoSIPrefix(False)
        axis.setZValue(-1)
        axis.label.setFont(font)
    plot.getAxis("left").setGrid(255)
    plot.getAxis("left").setPen(None)
    show_bottom(plot, True)


def show_bottom(plot: Any, shown: bool) -> None:
    """Give the horizontal axis the room of its numbers and its name, or none."""
    axis = plot.getAxis("bottom")
    axis.setStyle(showValues=shown)
    axis.showLabel(shown and bool(axis.labelText))
    axis.setHeight(4 * GRID if shown else GRID + GRID // 2)


def colour_axes(plot: Any, theme: Theme) -> None:
    """Lines in the colour of borders, words in that of secondary text."""
    plot.getAxis("bottom").setPen(theme.border)
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setTickPen(theme.raised)
        axis.setTextPen(theme.muted)  # last, for the label has the colour of the pen set last
        axis.showLabel(bool(axis.labelText) and axis.style["showValues"])
