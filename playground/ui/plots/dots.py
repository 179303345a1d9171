"""Many points in a few colours, which move at every frame. Knows no frame.

One scatter plot whose points have brushes of their own takes 0.1 ms a point to change; one for each colour hardly any.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from playground.experiment.scene import Scene
from playground.ui.plots.heat_map import class_colour, shades
from playground.ui.plots.number_plot import NumberPlot
from playground.ui.theme import CLASSES, Theme

Floats = NDArray[np.floating]

LEVELS = 8  # of colour, for a number to predict
MOST = 1000  # of points that a picture of the usual size can hold


class Dots:
    """Examples as points in a plot, in the colours that the decision boundary gives their targets."""

    def __init__(self, plot: NumberPlot, size: float) -> None:
        self._plot = plot
        self._items = [pg.ScatterPlotItem(size=size, pxMode=True) for _ in range(max(len(CLASSES), LEVELS))]
        self.x: Floats = np.zeros(0)
        self.y: Floats = np.zeros(0)
        for item in self._items:
            item.setZValue(5)
            plot.addItem(item, ignoreBounds=True)

    def show_points(self, x: Floats, y: Floats, targets: Floats, scene: Scene) -> None:
        """Draw points (points,) of these targets, class indices or numbers, where the plot has them."""
        self.x, self.y = x, y
        own_class = targets.astype(int) % len(CLASSES) if scene.classes else None
        groups = shades(targets, (scene.low, scene.high), LEVELS) if own_class is None else own_class
        for group, item in enumerate(self._items):
            own = groups == group
            if own.any():
                self._plot.draw_points(item, x[own], y[own])
            item.setVisible(bool(own.any()))

    def show_colours(self, theme: Theme, scene: Scene) -> None:
        """Take these colours."""
        colours = [class_colour(index) for index in range(len(CLASSES))]
        if not scene.classes:
            colours = colours_along(np.linspace(scene.low, scene.high, LEVELS), scene, theme)
        for item, colour in zip(self._items, colours, strict=False):
            item.setBrush(pg.mkBrush(colour))
            item.setPen(pg.mkPen(theme.base, width=0.5))


def colours_along(values: Floats, scene: Scene, theme: Theme) -> list[QColor]:
    """Numbers in the colours that the map gives them."""
    return [QColor(*rgb) for rgb in theme.value_table()[shades(values, (scene.low, scene.high))].tolist()]
