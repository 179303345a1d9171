"""The picture of a range test: loss against learning rate, and lines that mark rates. Knows no config."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor

from playground.options.numerals import power, trimmed
from playground.study.range_test import HIGHEST, LOWEST, RangeTest
from playground.ui.plots.axes import EpochAxis, ValueAxis, colour_axes, quiet
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.number_plot import lay
from playground.ui.plots.scale import Scale
from playground.ui.theme import GRID, Theme, small

HIGH = 2.0  # times the loss before it changes, to where the picture goes: above, it explodes
FAINT = 0.35  # opacity of the mini-batches' own losses


class RangePlot(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Draws a test. A click or a drag chooses a rate."""

    rate_pointed = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.ci.layout.setContentsMargins(GRID // 2, 0, GRID, GRID // 2)
        self.ci.layout.setSpacing(0)
        self.setMinimumSize(64 * GRID, 36 * GRID)
        self._rates: dict[str, float | None] = {"steepest": None, "now": None, "chosen": None}
        font = small(self.font())
        self._legend = Legend(font)
        self._axis = ValueAxis()
        box = _RateBox(enableMenu=False)
        box.rate_pointed.connect(self.rate_pointed)
        axes = {"left": self._axis, "bottom": RateAxis("bottom")}
        self._plot = pg.PlotItem(viewBox=box, axisItems=axes, enableMenu=False)
        quiet(self._plot, font)
        self._plot.setLabel("left", self.tr("loss"))
        self._plot.setLabel("bottom", self.tr("learning rate"))
        self._losses = pg.PlotCurveItem(antialias=True)
        self._smoothed = pg.PlotCurveItem(antialias=True)
        self._lines = {name: pg.InfiniteLine(angle=90) for name in self._rates}
        for item in (self._losses, self._smoothed, *self._lines.values()):
            self._plot.addItem(item, ignoreBounds=True)
        self.addItem(self._legend, 0, 0)
        self.addItem(self._plot, 1, 0)
        self._show_scale(Scale(0.0, 1.0, False))
        for name in self._rates:
            self.mark(name, None)
        self.show_theme(theme)

    def show_test(self, test: RangeTest | None) -> None:
        """Draw this test; None takes the last one away."""
        known = test is not None and len(test.rates) > 0
        logs = np.log10(test.rates) if test is not None and known else np.zeros(0)
        losses, smoothed = (test.losses, test.smoothed) if test is not None and known else (logs, logs)
        with np.errstate(over="ignore"):
            scale = Scale.linear(np.minimum(smoothed, HIGH * np.median(smoothed))) if known else Scale(0.0, 1.0, False)
        lay(self._losses, logs, scale.places(losses))
        lay(self._smoothed, logs, scale.places(smoothed))
        if known:
            self._show_scale(scale)
        self.mark("steepest", test.suggestion if test is not None else None)

    def mark(self, name: str, rate: float | None) -> None:
        """Let the line of this name, "steepest", "now" or "chosen", stand at a rate; None takes it away."""
        self._rates[name] = rate
        line = self._lines[name]
        line.setVisible(rate is not None)
        if rate is not None:
            line.setPos(math.log10(rate))
        self._describe()

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self._theme = theme
        self.setBackground(theme.base)
        colour_axes(self._plot, theme)
        faint = QColor(theme.train)
        faint.setAlphaF(FAINT)
        self._losses.setPen(pg.mkPen(faint))
        self._smoothed.setPen(pg.mkPen(theme.train, width=2))
        self._lines["steepest"].setPen(pg.mkPen(theme.test, width=2, style=Qt.PenStyle.DashLine))
        self._lines["now"].setPen(pg.mkPen(theme.muted, width=2, style=Qt.PenStyle.DotLine))
        self._lines["chosen"].setPen(pg.mkPen(theme.text, width=1.5))
        self._describe()

    def _describe(self) -> None:
        entries = [Entry(QColor(self._theme.train), self.tr("running average"), self.tr("average"))]
        words = {
            "steepest": (self._theme.test, self.tr("fastest fall")),
            "now": (self._theme.muted, self.tr("now")),
            "chosen": (self._theme.text, self.tr("chosen")),
        }
        for name, (colour, word) in words.items():
            rate = self._rates[name]
            entries.append(Entry(QColor(colour), word, word, "–" if rate is None else trimmed(rate, 2)))
        self._legend.show_entries(entries)

    def _show_scale(self, scale: Scale) -> None:
        self._axis.follow(scale)
        ends = (math.log10(LOWEST), math.log10(HIGHEST))
        self._plot.vb.setRange(xRange=ends, yRange=scale.ends, padding=0.0, disableAutoRange=True)


class RateAxis(EpochAxis):
    """A bottom axis of decimal logarithms, with the powers of ten."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        return [(1.0, [float(power) for power in range(math.ceil(minVal), math.floor(maxVal) + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{10.0**value:g}" if value > -4.0 else power(round(value)) for value in values]


class _RateBox(pg.ViewBox):  # type: ignore[misc]
    """The field of the plot: it does not zoom, but tells to which rate the mouse points."""

    rate_pointed = Signal(float)

    def mouseClickEvent(self, ev: Any) -> None:
        self._point(ev)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        self._point(ev)

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        ev.ignore()

    def _point(self, ev: Any) -> None:
        if ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            logarithm = self.mapSceneToView(ev.scenePos()).x()
            self.rate_pointed.emit(min(max(10.0**logarithm, LOWEST), HIGHEST))
