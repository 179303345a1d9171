"""A plot of the input plane: a map, a line on it, axes with names, zoom. Knows no frame, and not what the map is of."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF

from playground.experiment.scene import Scene
from playground.ui.plots.axes import colour_axes
from playground.ui.plots.heat_map import NO_LINE, Floats, Pixels, shades
from playground.ui.plots.number_plot import NumberPlot
from playground.ui.plots.scale import Scale
from playground.ui.theme import GRID, Theme

LEFT_AXIS = 44  # pixels, for coordinates


class Plane(NumberPlot):
    """Coordinates of a plane have a square, columns of a table all the room there is.

    Wheel and drag zoom and pan within the map; `zoomed` says whether less than all of it is seen.
    """

    zoomed = Signal(bool)

    def __init__(self, font: QFont) -> None:
        super().__init__(font, viewBox=PlaneBox(enableMenu=False))
        self.vb.setMouseEnabled(True, True)
        self.getAxis("left").setGrid(False)
        self._scene: Scene | None = None
        self._map = pg.ImageItem(axisOrder="row-major")
        self._border = pg.PlotCurveItem(antialias=True, connect="finite")
        self._answer = pg.PlotCurveItem(antialias=True, connect="finite")
        self._answer.setZValue(1)  # over the points
        for item in (self._map, self._border, self._answer):
            self.addItem(item, ignoreBounds=True)
        self.vb.sigRangeChanged.connect(self._tell_zoom)

    @property
    def indent(self) -> float:
        """Where the map begins, in pixels from the left."""
        width: float = self.getAxis("left").minimumWidth()
        return width

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Where the map's ends stand: left, right, bottom, top."""
        return *self.across.ends, *self.up.ends

    def show_scene(self, scene: Scene) -> None:
        """Take this plane; a zoom into the same one stays."""
        before, self._scene = self._scene, scene
        if before is None or before.extent != scene.extent:
            self.across, self.up = (Scale.within(np.array(ends)) for ends in (scene.extent[:2], scene.extent[2:]))
            x_low, x_high, y_low, y_high = self.extent
            self.vb.setLimits(xMin=x_low, xMax=x_high, yMin=y_low, yMax=y_high)
            self.show_all()
        left, bare = self.getAxis("left"), scene.axes[0] == scene.axes[1] and not scene.graph
        left.setStyle(showValues=not bare)
        left.setWidth(GRID if bare else LEFT_AXIS)

    def show_map(self, values: Floats, levels: tuple[float, float], table: Pixels, border: Floats = NO_LINE) -> None:
        """Values (cells, cells) in the colours of a table (256, 3) between two levels.

        Over them a border, (points, 2), as `contour` traces it within `extent`.
        """
        self._map.setImage(shades(values, levels).astype(np.uint8), levels=(0.0, 256.0), lut=table, autoLevels=False)
        self._place_map(border)

    def show_pixels(self, pixels: Pixels) -> None:
        """Colours (cells, cells, 3)."""
        self._map.setImage(pixels, levels=None, lut=None, autoLevels=False)
        self._place_map(NO_LINE)

    def show_answer(self, values: Floats) -> None:
        """Over a single input a line as high as these, (cells,), besides a map or with none."""
        x_low, x_high, _, _ = self.extent
        across = x_low + (np.arange(len(values)) + 0.5) / len(values) * (x_high - x_low)
        self._answer.setData(across, self.up.places(values))

    def clear_map(self) -> None:
        """Show the ground."""
        self._map.clear()
        self._border.setData([], [])

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        colour_axes(self, theme)
        self._answer.setPen(pg.mkPen(theme.text, width=2))
        self._border.setPen(pg.mkPen(theme.text, width=1.3))

    def show_all(self) -> None:
        """Undo zoom and pan."""
        if self._scene is not None:
            self.show_scales(self.across, self.up)

    def fit(self, width: float, height: float) -> tuple[float, float, float, float]:
        """Give the axes' names this room, in pixels; the answer is the margins left, above, right and below."""
        assert self._scene is not None
        left, top, right, bottom = GRID / 2, 0.0, float(GRID), GRID / 2
        across = width - left - right - self.indent
        up = height - top - bottom - self.getAxis("bottom").minimumHeight()
        if _is_square(self._scene):
            wider = across - up
            left, right = left + max(wider, 0.0) / 2, right + max(wider, 0.0) / 2
            bottom += max(-wider, 0.0)
            across = up = min(across, up)
        scene = self._scene
        first, second = (scene.columns[axis] for axis in scene.axes)
        if scene.axes[0] == scene.axes[1]:
            second = (self.tr("output") if scene.classes else scene.target) if scene.graph else ""
        self._name_axis("bottom", first, across)
        self._name_axis("left", second, up)
        return left, top, right, bottom

    def _place_map(self, border: Floats) -> None:
        x_low, x_high, y_low, y_high = self.extent
        self._map.setRect(QRectF(x_low, y_low, x_high - x_low, y_high - y_low))
        self._border.setData(border[:, 0], border[:, 1])
        self._answer.setData([], [])

    def _name_axis(self, side: str, name: str, room: float) -> None:
        """Name an axis in the room along it; a name that is cut is whole in the tooltip."""
        axis = self.getAxis(side)
        fitting = QFontMetricsF(axis.label.font()).elidedText(name, Qt.TextElideMode.ElideRight, room - GRID)
        axis.setLabel(html.escape(fitting))
        axis.setToolTip(name if fitting != name else "")
        axis.resizeEvent()  # WORKAROUND pyqtgraph: a name that changes stays where the old one was centred

    def _tell_zoom(self) -> None:
        if self._scene is not None:
            x_low, x_high, y_low, y_high = self.extent
            (left, right), (bottom, top) = self.vb.viewRange()
            self.zoomed.emit(right - left < 0.99 * (x_high - x_low) or top - bottom < 0.99 * (y_high - y_low))


class PlaneBox(pg.ViewBox):  # type: ignore[misc]
    """A ViewBox that zooms both axes alike: pyqtgraph's right drag, which would stretch one of them, is off."""

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        if ev.button() == Qt.MouseButton.RightButton:
            ev.ignore()
        else:
            super().mouseDragEvent(ev, axis)


def _is_square(scene: Scene) -> bool:
    """Coordinates of a plane, as against columns of a table, have one extent for both axes."""
    x_low, x_high, y_low, y_high = scene.extent
    return (x_low, x_high) == (y_low, y_high) and scene.axes[0] != scene.axes[1]
