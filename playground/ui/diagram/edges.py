"""The edges of a network's diagram: curves while they are few, straight strokes for thousands. Knows no frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from playground.ui.diagram.colours import SHADES, edge_colours
from playground.ui.diagram.geometry import Floats, Geometry
from playground.ui.theme import Theme

Indices = NDArray[np.intp]

FINEST = 1.5  # pixels; where there are MANY curves, finer ones are painted 1 wide, which takes a fifth of the time
MANY = 100
PLIES = 4
ROUGH_WIDTHS = (1, 2, 3)  # pixels, of straight edges; a width that is no whole number takes twice as long to paint


@dataclass(frozen=True)
class Edges:
    """All edges of a diagram, in the order of the geometry's ends.

    Attributes:
        weights: (edges,), or what else is drawn in their place.
        standing_out: (edges,), those over the others.
    """

    geometry: Geometry
    theme: Theme
    weights: Floats
    standing_out: NDArray[np.bool_]

    def paint(self, painter: QPainter, visible: QRect, fading: bool, thick: bool) -> None:
        """Thick over thin. With `fading`, edges that do not stand out are faint and keep their width, and those that do
        are never faint; with `thick`, nor thin.
        """
        weights, standing_out = self.weights, self.standing_out
        sizes = 1.0 - np.exp(-np.abs(weights) / 2.0)  # from 0 to 1
        shades = np.minimum(np.abs(weights), 1.0) * (SHADES - 1)
        if fading:
            shades = np.where(standing_out, np.maximum(shades, SHADES // 2), shades * 0.25)
        if thick:
            sizes = np.where(standing_out, np.maximum(sizes, 0.4), sizes)
        shown = np.flatnonzero(np.isfinite(weights) & self.geometry.edges_in(visible))
        shown = shown[np.lexsort((sizes[shown], standing_out[shown]))]
        colours = np.where(weights[shown] == 0.0, 2 * SHADES, shades[shown].astype(int) * 2 + (weights[shown] > 0.0))
        if self.geometry.curved:
            self._paint_curves(painter, shown, colours, sizes[shown])
        else:
            self._paint_lines(painter, shown, colours, sizes[shown] + standing_out[shown])

    def _paint_curves(self, painter: QPainter, edges: Indices, colours: Indices, sizes: Floats) -> None:
        """Each edge by itself, in its own width."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, curves = edge_colours(self.theme, 0.45 if self.theme.dark else 0.35), _curves(self.geometry)
        thickest = min(max(self.geometry.sides[-1] / 8, 2.5), 6.0)
        finest = FINEST if len(edges) > MANY else 1.0
        pen = _pen()
        for edge, colour, size in zip(edges.tolist(), colours.tolist(), sizes.tolist(), strict=True):
            pen.setColor(palette[colour])
            width = thickest * size
            pen.setWidthF(width if width > finest else 1.0)
            painter.strokePath(curves[edge], pen)

    def _paint_lines(self, painter: QPainter, edges: Indices, colours: Indices, ranks: Floats) -> None:
        """Thousands of edges in a few strokes of one colour and width each, from low to high rank.

        Every colour is cut into PLIES, so that where edges cover one another neither sign covers all of the other.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        palette = edge_colours(self.theme, 0.15)
        pen = _pen()
        widths = (ranks % 1.0 * len(ROUGH_WIDTHS)).astype(int)
        shades, signs = np.divmod(colours, 2)
        strokes = (
            ((ranks.astype(int) * len(ROUGH_WIDTHS) + widths) * len(palette) + shades) * PLIES + edges % PLIES
        ) * 2 + signs
        for stroke in np.unique(strokes).tolist():
            which = np.flatnonzero(strokes == stroke)
            ends = self.geometry.ends[edges[which]]
            pen.setColor(palette[colours[which[0]]])
            pen.setWidth(ROUGH_WIDTHS[widths[which[0]]])
            lines = pg.functions.arrayToQPath(ends[..., 0].ravel(), ends[..., 1].ravel(), connect="pairs")
            painter.strokePath(lines, pen)


def _pen() -> QPen:
    pen = QPen()
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


@lru_cache(maxsize=4)
def _curves(geometry: Geometry) -> list[QPainterPath]:
    """Each edge as a curve that leaves and arrives level, in the order of the geometry's ends."""
    curves = []
    for (x0, y0), (x1, y1) in geometry.ends.tolist():
        third = (x1 - x0) / 3
        curve = QPainterPath(QPointF(x0, y0))
        curve.cubicTo(x0 + third, y0, x1 - third, y1, x1, y1)
        curves.append(curve)
    return curves
