"""A plot of units side by side, each a histogram with its mean and deviation. Knows no layer and no frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from playground.data.dataset import Floats
from playground.experiment.looks.normalization import Values
from playground.ui.plots.axes import colour_axes
from playground.ui.plots.number_plot import NumberPlot
from playground.ui.plots.scale import Scale
from playground.ui.theme import Theme

HALF = 0.36  # of the room between two units that a histogram takes at its widest, to each side
GROUND = 0.12  # opacity of the accent behind the unit that is looked at
BESIDE = 0.2  # how far right of a unit's middle stands what it is compared with


class UnitsPlot(NumberPlot):
    """Histograms side by side, one a unit, each with its mean and deviation, and beside it those of something else."""

    def __init__(self, font: Any) -> None:
        super().__init__(font)
        self.getAxis("left").setTickDensity(0.6)
        self._histograms = QGraphicsPathItem()
        self._histograms.setPen(Qt.PenStyle.NoPen)
        self._own, self._other = (pg.PlotCurveItem(connect="pairs", antialias=True) for _ in range(2))
        self._singles = pg.PlotCurveItem(connect="pairs", antialias=False)  # so many that smoothing would be slow
        self._dots, self._other_dots = (pg.ScatterPlotItem(size=6, pxMode=True, pen=None) for _ in range(2))
        self._mark = pg.LinearRegionItem(movable=False)  # behind the unit that is looked at
        for line in self._mark.lines:
            line.hide()
        self._mark.setZValue(-0.5)
        for item in (self._mark, self._histograms, self._singles, self._own, self._other, self._dots, self._other_dots):
            self.addItem(item, ignoreBounds=True)

    def show_values(self, values: Values, mean: Floats | None, deviation: Floats | None, singles: Floats) -> None:
        """Values of rows; mean and deviation (rows,) of what they are compared with, and single means (rows, many)."""
        units = np.arange(1, len(values.mean) + 1)
        none = np.zeros(0)
        compared = none if mean is None or deviation is None else np.concatenate(_ends(mean, deviation))
        scale = Scale.around_zero(np.concatenate([values.edges, compared]))
        self.show_scales(Scale(0.4, len(units) + 0.6, False, air=0.0), scale)
        self._histograms.setPath(_violins(values, scale))
        self._bars(self._own, self._dots, units.astype(float), values.mean, values.deviation)
        if mean is None or deviation is None:
            self._bars(self._other, self._other_dots, none, none, none)
        else:
            self._bars(self._other, self._other_dots, units + BESIDE, mean, deviation)
        ticks = np.repeat(singles.ravel(), 2)
        ends = np.tile([-0.45, -0.3], singles.size) + np.repeat(units, 2 * singles.shape[1])
        self.draw_curve(self._singles, ends, ticks)
        step = max(len(units) // 12, 1)
        self.getAxis("bottom").setTicks([[(unit, str(unit)) for unit in units[::step]]])

    def mark(self, unit: int) -> None:
        """Let the ground of this unit stand out."""
        self._mark.setRegion((unit + 0.5, unit + 1.5))

    def unit_at(self, place: QPointF) -> int | None:
        """The unit at a place of the scene, counted from 0; it may be beyond those there are. None outside the plot."""
        inside = self.vb.sceneBoundingRect().contains(place)
        return round(self.vb.mapSceneToView(place).x()) - 1 if inside else None

    def show_colours(self, own: QColor, other: QColor, theme: Theme) -> None:
        """Of the values, and of what they are compared with."""
        colour_axes(self, theme)
        pale = QColor(own)
        pale.setAlphaF(0.3)
        self._histograms.setBrush(pale)
        ground = QColor(theme.accent)
        ground.setAlphaF(GROUND)
        self._mark.setBrush(pg.mkBrush(ground))
        faint = QColor(theme.muted)
        faint.setAlphaF(0.4)
        self._singles.setPen(pg.mkPen(faint))
        for curve, dots, colour in ((self._own, self._dots, own), (self._other, self._other_dots, other)):
            curve.setPen(pg.mkPen(colour, width=2))
            dots.setBrush(pg.mkBrush(colour))

    def _bars(self, curve: Any, dots: Any, x: Floats, mean: Floats, deviation: Floats) -> None:
        """A dot at each mean, and a line one deviation up and down."""
        self.draw_curve(curve, np.repeat(x, 2), np.stack(_ends(mean, deviation), axis=1).ravel())
        self.draw_points(dots, x, mean)


def _ends(mean: Floats, deviation: Floats) -> tuple[Floats, Floats]:
    """One deviation down and up."""
    with np.errstate(over="ignore", invalid="ignore"):  # a run that has diverged
        return mean - deviation, mean + deviation


def _violins(values: Values, scale: Scale) -> QPainterPath:
    """Each row's histogram on its unit, as wide to the left as to the right."""
    path = QPainterPath()
    most = np.maximum(values.counts.max(axis=1, keepdims=True), 1)
    edges = np.repeat(scale.places(values.edges), 2)[1:-1]
    for unit, widths in enumerate(np.repeat(HALF * values.counts / most, 2, axis=1), start=1):
        x = np.concatenate([unit - widths, unit + widths[::-1]])
        path.addPath(pg.arrayToQPath(x, np.concatenate([edges, edges[::-1]])))
    return path
