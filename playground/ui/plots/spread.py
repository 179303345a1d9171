"""Many lines over epochs as one: their quantiles, thin lines for each and a band for most of them. Knows no frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsPathItem

from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.number_plot import lay
from playground.ui.plots.scale import Scale
from playground.ui.plots.thinning import picked

Floats = NDArray[np.floating]

SHARES = np.array([0.1, 0.5, 0.9])  # of the lines that lie below: the band's lower edge, the median, its upper edge
MOST_POINTS = 12_800  # of all thin lines together, so that painting them never takes long
BAND = 0.2  # its opacity
FAINTEST, FAINT, INK = 0.04, 0.3, 4.0  # opacity of a thin line, at the least and at the most, and of all together
FURTHEST = {False: 2.0, True: 1000.0}  # times the band's highest that a scale, linear or logarithmic, still encloses


def quantiles(values: Floats) -> Floats:
    """Those at SHARES, (records, 3), of the finite among values (records, lines); NaN where none is."""
    finite = np.isfinite(values)
    ordered = np.sort(np.where(finite, values, np.nan), axis=1)  # what is not finite comes last
    at = np.maximum(finite.sum(axis=1) - 1, 0)[:, None] * SHARES
    below = np.take_along_axis(ordered, np.floor(at).astype(int), axis=1)
    above = np.take_along_axis(ordered, np.ceil(at).astype(int), axis=1)
    part = at % 1.0
    between: Floats = (1.0 - part) * below + part * above  # their difference might be beyond all numbers
    return between


def middle(losses: Sequence[float], diverged: Sequence[int]) -> tuple[float, float, float]:
    """Of members' losses 10 %, median and 90 %, without those that have diverged."""
    standing = np.delete(np.asarray(losses, float), np.asarray(diverged, int))
    low, median, high = quantiles(standing[None])[0].tolist()
    return low, median, high


def enclosed(values: Floats, bands: Floats, log: bool) -> Floats:
    """Values that a scale is to enclose: a line that runs away from its band does not flatten all others."""
    with np.errstate(over="ignore"):
        return np.minimum(values, FURTHEST[log] * np.max(bands, initial=0.0, where=np.isfinite(bands)))


class Spread:
    """Thin lines and a band in a plot, below the lines that the plot draws itself."""

    def __init__(self, plot: CurvePlot) -> None:
        self._band = QGraphicsPathItem()
        self._band.setPen(Qt.PenStyle.NoPen)
        # So many lines that are smoothed take many times as long to paint.
        self._lines = pg.PlotCurveItem(antialias=False, connect="finite")
        for item in (self._lines, self._band):
            item.setZValue(-0.5)  # above the grid
            plot.addItem(item, ignoreBounds=True)

    def show_lines(self, epochs: Floats, values: Floats, band: Floats, scale: Scale) -> None:
        """Draw values (records, lines) and the band of their `quantiles` over epochs (records,); no lines, no band."""
        for item in (self._lines, self._band):
            item.setVisible(bool(values.size))
        if not values.size:
            return
        lines = values.shape[1]
        rows = picked(len(epochs), MOST_POINTS // lines)
        places = np.vstack([scale.places(values[rows]), np.full((1, lines), np.nan)])  # NaN ends a line
        self._lines.setOpacity(min(max(INK / lines, FAINTEST), FAINT))
        lay(self._lines, np.tile(np.append(epochs[rows], np.nan), lines), places.T.ravel())
        low, _, high = scale.places(band).T
        known = np.isfinite(low) & np.isfinite(high)
        there, low, high = epochs[known], low[known], high[known]
        self._band.setPath(pg.arrayToQPath(np.append(there, there[::-1]), np.append(low, high[::-1])))

    def show_colour(self, colour: QColor) -> None:
        """Take this colour."""
        pale = QColor(colour)
        pale.setAlphaF(BAND)
        self._lines.setPen(pg.mkPen(colour))
        self._band.setBrush(pale)
