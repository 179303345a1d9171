"""The examples over a map: training points filled, test points hollow, validation points between; and rings around some.

Knows no network. Points are darker than any map of their colour, and edged in white, so that none dissolves into a map.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QBrush, QColor, QPen

from playground.experiment.scene import Scene
from playground.ui.plots.heat_map import SYMBOL_SIZES, class_colour, shades, symbol
from playground.ui.plots.number_plot import NumberPlot
from playground.ui.theme import LIGHT, Theme

Floats = NDArray[np.floating]

MOST_POINTS = 5000
MANY = 1000  # from which on they are drawn smaller
PAPER = QColor("white")
DARKER = 200  # per cent: how much darker a class's point is than a map that is sure of it
NUMBER_DARKER = 130  # and a number's, whose colour must still be read as one of the bar's


class Part(Enum):
    """Which examples a point may be of; the value is the share of its own colour inside it."""

    TRAINING = 1.0
    VALIDATION = 0.45
    TEST = 0.0


def inked(colour: QColor) -> QColor:
    """A class's colour, dark enough to be seen on a map of it."""
    return colour.darker(DARKER)


def marked(ink: QColor, part: Part) -> tuple[QPen, QBrush]:
    """Edge and inside of a point of this colour in a map."""
    share = part.value
    pairs = zip(ink.getRgb()[:3], PAPER.getRgb()[:3], strict=True)  # type: ignore[index]
    inside = QColor(*(round(share * own + (1.0 - share) * paper) for own, paper in pairs))
    return pg.mkPen(PAPER) if part is Part.TRAINING else pg.mkPen(ink, width=2.0), QBrush(inside)


class Points:
    """Points of all parts in a plot; the classes differ in shape and colour, numbers in colour."""

    def __init__(self, plot: NumberPlot) -> None:
        self._plot = plot
        self._train: list[Any] = []
        self._held_out: list[Any] = []

    def place(self, scene: Scene) -> None:
        """New points; they cost more than a map, so they change only with the scene. In either theme they are the same."""
        for item in self._train + self._held_out:
            self._plot.removeItem(item)
        count = number_of(scene)
        self._share, self._size = min(MOST_POINTS / max(count, 1), 1.0), 8 if count <= MANY else 6
        self._scene = scene
        self._held_out = self._scatter(scene.test_points, scene.test_y, Part.TEST)
        self._held_out += self._scatter(scene.validation_points, scene.validation_y, Part.VALIDATION)
        self._train = self._scatter(scene.train_points, scene.train_y, Part.TRAINING)

    def show(self, train: bool, held_out: bool) -> tuple[int, int]:
        """Let these be seen; how many are drawn, and how many there are."""
        drawn = 0
        for items, shown in ((self._train, train), (self._held_out, held_out)):
            for item in items:
                item.setVisible(shown)
                drawn += len(item.data) if shown else 0
        scene = self._scene
        return drawn, train * len(scene.train_y) + held_out * (len(scene.test_y) + len(scene.validation_y))

    def train_places(self) -> Floats:
        """Where the training points are drawn, (points, 2), in the order of the examples."""
        shown = int(self._share * len(self._scene.train_y))
        return self._scene.train_points[:shown]

    def _scatter(self, points: Floats, y: Floats, part: Part) -> list[Any]:
        """The points of a part, an item for each class, or one for numbers."""
        scene = self._scene
        shown = int(self._share * len(y))  # the first of them: they have been shuffled
        points, y = np.stack(self._plot.places(*points[:shown].T), axis=1), y[:shown]
        items = []
        if scene.classes:
            for index in range(len(scene.classes)):
                sign, here = symbol(index), points[y == index]
                pen, brush = marked(inked(class_colour(index)), part)
                items.append(
                    pg.ScatterPlotItem(
                        here[:, 0],
                        here[:, 1],
                        size=self._size * SYMBOL_SIZES.get(sign, 1.0),
                        symbol=sign,
                        pen=pen,
                        brush=brush,
                    )
                )
        else:
            levels = shades(y, (scene.low, scene.high))
            marks = [marked(QColor(*rgb).darker(NUMBER_DARKER), part) for rgb in LIGHT.value_table().tolist()]
            pens, brushes = ([marks[level][side] for level in levels.tolist()] for side in (0, 1))
            items.append(
                pg.ScatterPlotItem(points[:, 0], points[:, 1], size=self._size, symbol="o", pen=pens, brush=brushes)
            )
        for item in items:
            self._plot.addItem(item, ignoreBounds=True)
        return items


class Rings(pg.ScatterPlotItem):  # type: ignore[misc]
    """Rings of one size around some of the points in a plot."""

    def __init__(self, plot: NumberPlot, size: float, width: float) -> None:
        super().__init__(size=size, symbol="o", brush=None)
        self._plot = plot
        self._width = width
        self.setZValue(1)
        plot.addItem(self, ignoreBounds=True)

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self.setPen(pg.mkPen(theme.text, width=self._width))

    def surround(self, places: Floats) -> None:
        """These, (places, 2), and no others."""
        self._plot.draw_points(self, *places.T)


def number_of(scene: Scene) -> int:
    """How many points there are in all."""
    return len(scene.train_y) + len(scene.validation_y) + len(scene.test_y)
