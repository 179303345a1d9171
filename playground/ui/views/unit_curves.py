"""Curves over a single input: what each unit of a layer answers, and the answer of the network. Knows no frame."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QFont

from playground.experiment.excitation import Excitation, crossings
from playground.experiment.frame import Scene
from playground.ui.theme import GRID, LIGHT, Theme
from playground.ui.views.axes import LEFT_AXIS
from playground.ui.views.view import colour_axes, quiet, show_bottom


class UnitCurves(pg.GraphicsLayout):  # type: ignore[misc]
    """Above the activations of all units, the chosen one thick; below the network's answer, with the training points.

    Where a unit's pre-activation crosses 0, there is a mark on both.
    """

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._theme = LIGHT
        self.layout.setContentsMargins(0, 0, 0, 0)
        self.layout.setVerticalSpacing(GRID)
        self.units, self.sum = pg.PlotItem(), pg.PlotItem()
        for row, (plot, name) in enumerate(((self.units, self.tr("activation h")), (self.sum, ""))):
            quiet(plot, font)
            plot.vb.setMouseEnabled(False, False)
            plot.getAxis("left").setWidth(LEFT_AXIS)
            plot.setLabel("left", name)
            self.addItem(plot, row, 0)
        show_bottom(self.units, False)
        self.sum.setXLink(self.units)
        self.points = pg.ScatterPlotItem(size=5, pxMode=True)
        self.answer = pg.PlotCurveItem(antialias=True, connect="finite")
        self.kinks = pg.ScatterPlotItem(size=9, symbol="d", pxMode=True)
        for item in (self.points, self.answer, self.kinks):
            self.sum.addItem(item, ignoreBounds=True)
        self.curves: list[pg.PlotCurveItem] = []
        self.zeros = pg.ScatterPlotItem(size=9, symbol="d", pxMode=True)
        self.units.addItem(self.zeros, ignoreBounds=True)

    def show_units(self, look: Excitation, scene: Scene, chosen: int) -> None:
        """Draw this moment's curves."""
        x, answer = look.x, look.answer
        if x is None or answer is None:
            return
        h, colours = look.h[:, 0], self._theme.layer_colours(len(look.h))
        if len(self.curves) != len(h):
            for curve in self.curves:
                self.units.removeItem(curve)
            self.curves = [pg.PlotCurveItem(antialias=True, connect="finite") for _ in h]
            for curve in self.curves:
                self.units.addItem(curve, ignoreBounds=True)
        for unit, (curve, values) in enumerate(zip(self.curves, h, strict=True)):
            curve.setPen(pg.mkPen(colours[unit], width=3.5 if unit == chosen else 1.5))
            curve.setData(x, values)
        which, places = crossings(x, look.z[:, 0])
        brushes = [pg.mkBrush(colours[unit]) for unit in which.tolist()]
        # A unit that jumps there has no value between: that of the nearest place.
        own = [float(h[unit, np.abs(x - place).argmin()]) for unit, place in zip(which.tolist(), places, strict=True)]
        self.zeros.setData(places, own, brush=brushes)
        self.answer.setData(x, answer[0])
        self.kinks.setData(places, np.interp(places, x, answer[0]), brush=brushes)
        self.points.setData(scene.train_points[:, 0], scene.train_points[:, 1])
        self.units.vb.setRange(xRange=(x[0], x[-1]), padding=0.0, disableAutoRange=True)
        for plot, drawn in ((self.units, h), (self.sum, np.append(answer[0], [scene.low, scene.high]))):
            known = drawn[np.isfinite(drawn)]
            low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
            air = 0.06 * (high - low) or 0.5
            plot.vb.setRange(yRange=(low - air, high + air), padding=0.0, disableAutoRange=True)
        self.sum.setLabel("left", self.tr("output") if scene.classes else scene.target)
        self.sum.setLabel("bottom", scene.columns[scene.axes[0]])

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self._theme = theme
        for plot in (self.units, self.sum):
            colour_axes(plot, theme)
        faint = QColor(theme.muted)
        faint.setAlphaF(0.6)
        self.points.setPen(pg.mkPen(None))
        self.points.setBrush(faint)
        self.answer.setPen(pg.mkPen(theme.text, width=2))
        for marks in (self.zeros, self.kinks):
            marks.setPen(pg.mkPen(theme.base))
