"""The network's answer over the input plane, and the points it learns from. Draws what a frame holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QToolButton

from playground.experiment.config import Config
from playground.experiment.frame import OUTPUTS, UNITS, Frame, Scene
from playground.ui.diagram import bound_of
from playground.ui.document import Document
from playground.ui.theme import CLASSES, GRID, SYMBOLS, Theme
from playground.ui.views.view import PlotView, Segments, colour_axes, quiet, small

Floats = NDArray[np.floating]
Pixels = NDArray[np.uint8]

MOST_POINTS = 5000
FINER = 4  # a hard map is worked out on this many times finer cells, so that its borders are not stairs
LEFT_AXIS = 48  # pixels, for coordinates


class BoundaryView(PlotView):
    """A heat map under points: two classes from orange to blue, more in their own colours, a number along viridis.

    Wheel and drag zoom and pan within the map; a double click shows all of it again.
    """

    name = "boundary"
    title = "Decision boundary"

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self.needs = frozenset({OUTPUTS})
        self._frame: Frame | None = None
        self._scene: Scene | None = None
        self._unit: tuple[int, int] | None = None
        self._mouse: QPointF | None = None  # over the canvas, in its pixels
        self._train: list[Any] = []
        self._test: list[Any] = []
        self._make_controls()
        self._make_canvas()
        self.show_config(document.config)
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        if frame.scene is not self._scene:
            self._take_scene(frame.scene)
        self._draw_map()

    def show_config(self, config: Config) -> None:
        display = config.display
        self._classes.show_value("hard" if display.hard else "soft")
        for box, shown, items in (
            (self._train_box, display.show_train, self._train),
            (self._test_box, display.show_test, self._test),
        ):
            box.setChecked(shown)
            for item in items:
                item.setVisible(shown)
        self._draw_map()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._classes.show_theme(theme)
        self._key.show_theme(theme)
        colour_axes(self._plot, theme)
        self._border.setPen(pg.mkPen(theme.text, width=1.5))
        self._tag.setStyleSheet(
            f"color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.border}; padding: 3px 6px;"
        )
        self._place_points()
        self._draw_map()

    def show_unit(self, place: tuple[int, int] | None) -> None:
        """Show a unit's activations instead, `place` = (column, unit) in Frame.unit_maps; None goes back."""
        self._unit = place
        needs = frozenset({OUTPUTS}) if place is None else frozenset({OUTPUTS, UNITS})
        if needs != self.needs:
            self.needs = needs
            self.needs_changed.emit()
        self._draw_map()

    def describe(self, x: float, y: float) -> str:
        """What there is at a place of the plane: its coordinates, and what the map shows there."""
        frame, scene = self._frame, self._scene
        if frame is None or scene is None:
            return ""
        x_low, x_high, y_low, y_high = scene.extent
        if not (x_low <= x <= x_high and y_low <= y <= y_high):
            return ""
        values, _ = self._shown(frame)
        column = min(int((x - x_low) / (x_high - x_low) * values.shape[2]), values.shape[2] - 1)
        row = min(int((y - y_low) / (y_high - y_low) * values.shape[1]), values.shape[1] - 1)
        here = values[:, row, column]
        text = f"{scene.columns[scene.axes[0]]} {x:.3g}"
        if scene.axes[0] != scene.axes[1]:
            text += f"   {scene.columns[scene.axes[1]]} {y:.3g}"
        if name := self._unit_name(frame):
            return f"{text}\n{name}: {here[0]:.3g}"
        if not scene.classes:
            return f"{text}\n{scene.target} {here[0]:.4g}"
        best = int(predicted(values[:, row : row + 1, column : column + 1], scene)[0, 0])
        return f"{text}\n{self.tr('output')} {here[best if len(here) > 1 else 0]:.3f} → {scene.classes[best]}"
