"""A plot of any numbers whatever: of each axis a scale says where they stand. Knows not what they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont

from playground.ui.plots.axes import EpochAxis, ValueAxis, quiet
from playground.ui.plots.scale import Floats, Scale
from playground.ui.theme import GRID

NEAR = 1.5 * GRID  # pixels from the mouse within which a point is meant
Counts = NDArray[np.integer] | Floats


class NumberPlot(pg.PlotItem):  # type: ignore[misc]
    """What is drawn is placed by the scales that were shown last; what has no place, such as NaN or ∞, is left out."""

    def __init__(self, font: QFont, **options: Any) -> None:
        # With these axes the last numbers are drawn whole.
        super().__init__(axisItems={"left": ValueAxis(), "bottom": EpochAxis("bottom")}, enableMenu=False, **options)
        quiet(self, font)
        self.vb.setMouseEnabled(False, False)
        self.across = self.up = Scale(0.0, 1.0, False)

    def show_scales(self, across: Scale, up: Scale) -> None:
        """Let the axes follow these."""
        self.across, self.up = across, up
        self.getAxis("bottom").follow(across)
        self.getAxis("left").follow(up)
        self.vb.setRange(xRange=across.ends, yRange=up.ends, padding=0.0, disableAutoRange=True)

    def places(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Where values (points,) stand; NaN is nowhere."""
        return self.across.places(x), self.up.places(y)

    def draw_curve(self, curve: Any, x: Floats, y: Floats, **options: Any) -> None:
        """Lay a PlotCurveItem, with `connect="finite"` where there are gaps, through points (points,)."""
        lay(curve, *self.places(x, y), **options)

    def draw_points(self, points: Any, x: Floats, y: Floats, colours: Sequence[QColor] = ()) -> None:
        """Put a ScatterPlotItem's points where x and y (points,) are, where they differ in colours of their own."""
        x, y = self.places(x, y)
        known = np.isfinite(x) & np.isfinite(y)
        brushes = [pg.mkBrush(colour) for colour, shown in zip(colours, known.tolist(), strict=False) if shown]
        points.setData(x[known], y[known], **({"brush": brushes} if colours else {}))

    def draw_bars(self, bars: Any, edges: Floats, heights: Counts, below: Counts | float = 0.0, **options: Any) -> None:
        """Let a BarGraphItem stand between edges (bars + 1,), as high as counts (bars,), which are never large."""
        places = self.across.places(edges)
        bars.setOpts(x0=places[:-1], x1=places[1:], y0=below, height=heights, **options)

    def numbers_at(self, place: QPointF) -> tuple[float, float]:
        """The values that stand at a place of the scene."""
        at = self.vb.mapSceneToView(place)
        return self.across.value(at.x()), self.up.value(at.y())


def lay(curve: Any, x: Floats, y: Floats, **options: Any) -> None:
    """Lay a PlotCurveItem through places (points,), of which pyqtgraph wants one at least to be somewhere, or none."""
    somewhere = (np.isfinite(x) & np.isfinite(y)).any()
    curve.setData(*((x, y) if somewhere else (x[:0], y[:0])), **options)


def nearest(plot: Any, x: NDArray[np.floating], y: NDArray[np.floating], mouse: QPointF) -> int:
    """Which of some points, (points,) each, lies under the mouse in a NumberPlot; -1 where none is near."""
    if not len(x) or not plot.vb.sceneBoundingRect().contains(mouse):
        return -1
    x, y = plot.places(x, y)
    at, (wide, high) = plot.vb.mapSceneToView(mouse), plot.vb.viewPixelSize()
    distances = np.nan_to_num(np.hypot((x - at.x()) / wide, (y - at.y()) / high), nan=np.inf)
    best = int(distances.argmin())
    return best if distances[best] <= NEAR else -1
