"""Lines over epochs, and a pointer on them. Knows neither what the lines measure nor any frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QColor, QFont

from playground.ui.plots.axes import EpochAxis, ValueAxis, colour_axes, quiet
from playground.ui.plots.number_plot import lay
from playground.ui.plots.scale import Floats, Scale
from playground.ui.plots.thinning import decimate, medians
from playground.ui.theme import Theme

FAINT = 0.3  # opacity of a noisy line under its medians


class CurvePlot(pg.PlotItem):  # type: ignore[misc]
    """Some lines over epochs and a pointer that follows the mouse. Noisy lines are faint, with their medians on top.

    `pointed` says that the mouse is over another `record`, or nearest to another `line`; both are -1 when it has left.
    """

    pointed = Signal()

    def __init__(
        self, font: QFont, noisy: bool = False, suffix: str = "", factor: float = 1.0, width: float = 2.0
    ) -> None:
        self._values = ValueAxis(suffix)
        super().__init__(axisItems={"left": self._values, "bottom": EpochAxis("bottom")}, enableMenu=False)
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
        lay(curve, epochs, line)
