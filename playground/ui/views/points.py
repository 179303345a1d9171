"""The examples over a map: training points filled, test points hollow, validation points between; and rings around some.

Knows no network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from playground.experiment.frame import Scene
from playground.ui.theme import Theme
from playground.ui.views.heat_map import SYMBOL_SIZES, class_colour, symbol

Floats = NDArray[np.floating]

MOST_POINTS = 5000
MANY = 1000  # from which on they are drawn smaller
PALE = 0.45  # share of its own colour inside a validation point


class Points:
    """Points of all parts in a plot; the classes differ in shape and colour, numbers in colour."""

    def __init__(self, plot: Any) -> None:
        self._plot = plot
        self._train: list[Any] = []
        self._held_out: list[Any] = []

    def place(self, scene: Scene, theme: Theme) -> None:
        """New points; they cost more than a map, so they change only with the scene and the theme."""
        for item in self._train + self._held_out:
            self._plot.removeItem(item)
        count = number_of(scene)
        self._share, self._size = min(MOST_POINTS / max(count, 1), 1.0), 8 if count <= MANY else 6
        self._scene, self._theme, ground = scene, theme, QColor(theme.base)

        self._held_out = self._scatter(scene.test_points, scene.test_y, lambda colour: ground)
        self._held_out += self._scatter(scene.validation_points, scene.validation_y, self._pale)
        self._train = self._scatter(scene.train_points, scene.train_y, None)

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

    def _pale(self, colour: QColor) -> QColor:
        """Between this colour and that of the ground."""
        ground = QColor(self._theme.base)
        pairs = ((colour.red(), ground.red()), (colour.green(), ground.green()), (colour.blue(), ground.blue()))
        return QColor(*(round(PALE * own + (1.0 - PALE) * other) for own, other in pairs))

    def _scatter(self, points: Floats, y: Floats, inside: Callable[[QColor], QColor] | None) -> list[Any]:
        """Points filled with their colour, or outlined in it around what `inside` makes of it."""
        scene, ground = self._scene, QColor(self._theme.base)
        shown = int(self._share * len(y))  # the first of them: they have been shuffled
        points, y = points[:shown], y[:shown]
        items = []
        if scene.classes:
            for index in range(len(scene.classes)):
                colour, sign = class_colour(index), symbol(index)
                here = points[y == index]
                items.append(
                    pg.ScatterPlotItem(
                        here[:, 0],
                        here[:, 1],
                        size=self._size * SYMBOL_SIZES.get(sign, 1.0),
                        symbol=sign,
                        pen=pg.mkPen(colour, width=1.5) if inside else pg.mkPen(ground),
                        brush=inside(colour) if inside else colour,
                    )
                )
        else:
            levels = np.clip((y - scene.low) / (scene.high - scene.low) * 255.0, 0.0, 255.0).astype(int)
            colours = [QColor(*rgb) for rgb in self._theme.value_table()[levels].tolist()]
            pens = [pg.mkPen(colour, width=1.5) for colour in colours] if inside else pg.mkPen(ground)
            brushes = list(map(inside, colours)) if inside else colours
            items.append(
                pg.ScatterPlotItem(points[:, 0], points[:, 1], size=self._size, symbol="o", pen=pens, brush=brushes)
            )
        for item in items:
            self._plot.addItem(item, ignoreBounds=True)
        return items


class Rings(pg.ScatterPlotItem):  # type: ignore[misc]
    """Rings of one size around some of the points in a plot."""

    def __init__(self, plot: Any, size: float, width: float) -> None:
        super().__init__(size=size, symbol="o", brush=None)
        self._width = width
        self.setZValue(1)
        plot.addItem(self, ignoreBounds=True)

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self.setPen(pg.mkPen(theme.text, width=self._width))

    def surround(self, places: Floats) -> None:
        """These, (places, 2), and no others."""
        self.setData(places[:, 0], places[:, 1])


def number_of(scene: Scene) -> int:
    """How many points there are in all."""
    return len(scene.train_y) + len(scene.validation_y) + len(scene.test_y)
