"""Curves over a single input: what each unit of a layer answers, and the answer of the network. Knows no frame."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QFont

from playground.experiment.looks.activation_maps import ActivationMaps, crossings
from playground.experiment.scene import Scene
from playground.ui.plots.axes import colour_axes, show_bottom
from playground.ui.plots.number_plot import NumberPlot
from playground.ui.plots.scale import Scale
from playground.ui.theme import GRID, LIGHT, Theme

AIR = 0.06  # share of an axis beyond the outermost values


class UnitCurves(pg.GraphicsLayout):  # type: ignore[misc]
    """Above the activations of all units, the chosen one thick; below the network's answer, with the training points.

    Where a unit's pre-activation crosses 0, there is a mark on both.
    """

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._theme = LIGHT
        self.layout.setContentsMargins(0, 0, 0, 0)
        self.layout.setVerticalSpacing(GRID)
        self.units, self.sum = NumberPlot(font), NumberPlot(font)
        for row, (plot, name) in enumerate(((self.units, self.tr("activation h")), (self.sum, ""))):
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

    def show_units(self, look: ActivationMaps, scene: Scene, chosen: int) -> None:
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
        across = Scale.within(x)
        self.units.show_scales(across, Scale.within(h, AIR))
        self.sum.show_scales(across, Scale.within(np.append(answer[0], [scene.low, scene.high]), AIR))
        for unit, (curve, values) in enumerate(zip(self.curves, h, strict=True)):
            curve.setPen(pg.mkPen(colours[unit], width=3.5 if unit == chosen else 1.5))
            self.units.draw_curve(curve, x, values)
        which, places = crossings(x, look.z[:, 0])
        # A unit that jumps there has no value between: that of the nearest place.
        own = [float(h[unit, np.abs(x - place).argmin()]) for unit, place in zip(which.tolist(), places, strict=True)]
        owners = [colours[unit] for unit in which.tolist()]
        self.units.draw_points(self.zeros, places, np.array(own), owners)
        self.sum.draw_curve(self.answer, x, answer[0])
        self.sum.draw_points(self.kinks, places, np.interp(places, x, answer[0]), owners)
        self.sum.draw_points(self.points, scene.train_points[:, 0], scene.train_points[:, 1])
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
