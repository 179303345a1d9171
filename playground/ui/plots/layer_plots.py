"""Plots with one row a layer, the output on top: a waterfall over time, histograms, and factors. Know no frame."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from playground.experiment.looks.gradient_flow import BINS, EDGES, LOWEST, PER_DECADE, GradientFlow
from playground.options.numerals import power, written
from playground.ui.plots.axes import EpochAxis, colour_axes, quiet
from playground.ui.plots.heat_map import shades
from playground.ui.plots.scale import Floats, Scale
from playground.ui.plots.thinning import medians
from playground.ui.theme import GRID, Theme

COLUMNS = 400  # of the waterfall; about as many as it has pixels
ROW_AXIS = 28  # pixels
NUMBERS = 64  # pixels, of the ratios beside the factors
TALLEST = 0.8  # share of its row that the highest bar of a layer takes
USUAL = (-6, 1)  # powers of ten that histograms always show, so that they move seldom
NARROW = 200  # pixels, in which only the ends and the middle have names
THICK = 0.26  # of a factor's bar, in rows
MOST_DECADES = 8  # that factors are drawn over, either way
CROWDED = 10  # powers of ten above which only every second has a name


class RowPlot(pg.PlotItem):  # type: ignore[misc]
    """A plot with a row for each layer, named at the left."""

    def __init__(self, font: QFont, **axes: Any) -> None:
        super().__init__(axisItems=axes, enableMenu=False)
        quiet(self, font)
        self.vb.setMouseEnabled(False, False)
        self.getAxis("left").setGrid(False)
        self.getAxis("left").setWidth(ROW_AXIS)
        self.layers = 0
        self._names: list[tuple[int, str]] = []
        self._line = 0.85 * QFontMetricsF(font).height()
        self.vb.sigResized.connect(self._name_rows)

    def show_names(self, names: list[str]) -> None:
        """One short name a layer, first to last."""
        self.layers, self._names = len(names), list(enumerate(names))
        self._name_rows()
        self.vb.setYRange(-0.5, max(len(names), 1) - 0.5, padding=0.0)

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        colour_axes(self, theme)

    def legible(self, ticks: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Every so many of a list of ticks, the last among them, that they do not touch."""
        every = math.ceil(self._line * self.layers / max(self.vb.height(), 1.0))
        return ticks[::-1][:: max(every, 1)]

    def layer_at(self, mouse: QPointF) -> int:
        """The row under a place of the canvas; -1 for none."""
        if not self.isVisible() or not self.vb.sceneBoundingRect().contains(mouse):
            return -1
        return int(np.clip(round(self.vb.mapSceneToView(mouse).y()), 0, self.layers - 1))

    def _name_rows(self) -> None:
        self.getAxis("left").setTicks([self.legible(self._names)])


class Waterfall(RowPlot):
    """Layer by time, coloured by a size's logarithm; zeros have the colour of warnings."""

    def __init__(self, font: QFont) -> None:
        super().__init__(font, bottom=EpochAxis("bottom"))
        self._image = pg.ImageItem(axisOrder="row-major")
        self.addItem(self._image, ignoreBounds=True)

    def show_sizes(self, epochs: Floats, sizes: Floats, scale: Scale, theme: Theme) -> None:
        """Sizes (records, layers) over epochs (records,); where there is no number nothing is drawn."""
        self._image.setVisible(len(epochs) > 0)
        if len(epochs):
            last = max(float(epochs[-1]), 1e-9)
            self._image.setImage(waterfall_pixels(epochs, sizes, scale, theme), autoLevels=False)
            self._image.setRect(QRectF(0.0, -0.5, last, sizes.shape[1]))
            self.vb.setXRange(0.0, last, padding=0.0)


class Histograms(RowPlot):
    """For each layer how many gradients and weights there are of each size, on one scale of powers of ten.

    The highest bar of a layer fills its row; what is exactly 0 stands apart at the left.
    """

    def __init__(self, font: QFont) -> None:
        super().__init__(font)
        self.getAxis("bottom").setGrid(90)
        self._bars = [pg.BarGraphItem(x=[], height=[], width=1.0 / PER_DECADE) for _ in range(2)]
        for bars in self._bars:
            self.addItem(bars, ignoreBounds=True)
        self._zero = 0.0  # where zeros stand

    def show_flow(self, flow: GradientFlow) -> None:
        """Draw its two histograms."""
        kinds = ((flow.gradients, flow.zero_gradients), (flow.weights, flow.zero_weights))
        low, high = decades(flow.gradients + flow.weights)
        self._zero = low - 0.75
        zeros = any(none.any() for _, none in kinds)
        for bars, (counts, none) in zip(self._bars, kinds, strict=True):
            row, bin = np.nonzero(np.column_stack([none, counts]))
            shares = np.column_stack([none, counts]).astype(float)
            shares *= TALLEST / np.maximum(shares.max(axis=1, keepdims=True), 1.0)
            places = np.where(bin == 0, self._zero, EDGES[0] + (bin - 0.5) / PER_DECADE)
            bars.setOpts(x=places, y0=row - 0.45, height=shares[row, bin])
        step = 2 if high - low > CROWDED else 1
        ticks = [(self._zero, "0")] * zeros + [(e, power(e)) for e in range(low, high + 1) if e % step == 0]
        self.getAxis("bottom").setTicks([ticks])
        self.vb.setXRange(low - 1.1 * zeros, high, padding=0.01)

    def show_colours(self, gradients: str, weights: str, theme: Theme) -> None:
        """Take these."""
        self.show_theme(theme)
        for bars, name in zip(self._bars, (gradients, weights), strict=True):
            colour = QColor(name)
            colour.setAlphaF(0.65)
            bars.setOpts(brush=colour, pen=pg.mkPen(None))

    def bin_at(self, mouse: QPointF) -> int:
        """The bin under a place of the canvas; -1 is that of the zeros."""
        x = self.vb.mapSceneToView(mouse).x()
        return -1 if x < self._zero + 0.5 else int(np.clip((x - LOWEST) * PER_DECADE, 0, BINS - 1))


class Factors(RowPlot):
    """For each hidden layer the two factors on a gradient's way back as bars from × 1, and a dot for the ratio of δ.

    Below them lies the factor of each layer on the signal's way up. The ratio stands as a number at the right; the layer to
    blame lies on a stripe.
    """

    def __init__(self, font: QFont) -> None:
        super().__init__(font, right=pg.AxisItem("right"), bottom=EpochAxis("bottom"))
        self.getAxis("bottom").setGrid(90)
        numbers = self.getAxis("right")
        numbers.setStyle(tickFont=font, tickLength=0, tickTextOffset=4, maxTickLevel=0)
        numbers.setWidth(NUMBERS)
        self._stripe = pg.BarGraphItem(x=[0.0], y0=[-0.5], width=2.0 * MOST_DECADES + 2.0, height=[1.0])
        self._bars = [pg.BarGraphItem(x0=[], y0=[], width=[], height=THICK) for _ in range(3)]
        self._one = pg.InfiniteLine(pos=0.0, angle=90)
        self._dots = pg.ScatterPlotItem(size=7, pxMode=True)
        for item in (self._stripe, *self._bars, self._one, self._dots):
            self.addItem(item, ignoreBounds=True)

    def show_flow(self, flow: GradientFlow) -> None:
        """Draw the slopes, the gains of the weights, the ratios of δ, and what becomes of the signal.

        Where there is a normalisation, what it and the slopes leave together stands for the slopes.
        """
        rows = np.arange(len(flow.slope) - 1)  # the output layer's δ has come through neither
        gain, ratio = flow.gain[:-1], flow.ratio[:-1]
        slope = np.where(flow.normalised, flow.passed, flow.slope)[:-1]
        furthest = reach(np.concatenate([slope, gain, ratio, flow.forward]))
        factors = (slope, gain, flow.forward)
        for bars, factor, bottom in zip(self._bars, factors, (0.13, -0.13, -0.39), strict=True):
            logs = logarithms(factor, furthest)
            bars.setOpts(x0=np.minimum(logs, 0.0), width=np.abs(logs), y0=np.arange(len(factor)) + bottom)
        known = np.isfinite(ratio)
        self._dots.setData(logarithms(ratio, furthest)[known], rows[known].astype(float))
        self._stripe.setVisible(flow.culprit is not None)
        if flow.culprit is not None:
            self._stripe.setOpts(y0=[flow.culprit - 0.5])
        products = [(row, f"× {written(ratio[row])}") for row in rows.tolist()]
        self.getAxis("right").setTicks([self.legible(products)])
        step = furthest if self.vb.width() < NARROW else max(math.ceil(furthest / 2), 1)
        self.getAxis("bottom").setTicks([[(e, f"× {plain_power(e)}") for e in range(-furthest, furthest + 1, step)]])
        self.vb.setXRange(-furthest, furthest, padding=0.04)

    def show_colours(self, slope: str, gain: str, forward: str, theme: Theme) -> None:
        """Take these."""
        self.show_theme(theme)
        self.getAxis("right").setPen(None)
        self.getAxis("right").setTickPen(theme.base)
        self.getAxis("right").setTextPen(theme.text)
        for bars, colour in zip(self._bars, (slope, gain, forward), strict=True):
            bars.setOpts(brush=QColor(colour), pen=pg.mkPen(None))
        self._one.setPen(pg.mkPen(theme.muted))
        self._dots.setPen(pg.mkPen(theme.base))
        self._dots.setBrush(pg.mkBrush(theme.text))
        self._stripe.setOpts(brush=QColor(theme.warning_base), pen=pg.mkPen(None))


class Sentence(pg.GraphicsWidget):  # type: ignore[misc]
    """Words in a picture, at most two lines of them; their room does not change with them."""

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._font = font
        self.text = ""
        self.setFixedHeight(2.0 * QFontMetricsF(font).lineSpacing() + GRID / 2)

    def show_text(self, text: str) -> None:
        """Say this."""
        if text != self.text:
            self.text = text
            self.update()

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        painter.setFont(self._font)
        painter.setPen(self.palette().text().color())
        room = QRectF(GRID / 2, 0.0, self.width() - GRID, self.height())
        painter.drawText(room, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter, self.text)


def waterfall_pixels(epochs: Floats, sizes: Floats, scale: Scale, theme: Theme) -> NDArray[np.uint8]:
    """Sizes (records, layers) over epochs (records,) as pixels (layers, COLUMNS, 4), the first layer lowest.

    Columns are equal shares of the time since 0; where they hold many records, the median colours them.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        at, logs = medians(epochs, np.log10(sizes), COLUMNS)
        centres = (np.arange(COLUMNS) + 0.5) / COLUMNS * max(float(epochs[-1]), 1e-9)
        logs = logs[np.searchsorted((at[1:] + at[:-1]) / 2.0, centres)].T  # (layers, COLUMNS)
    known, zero = np.isfinite(logs), np.isneginf(logs)
    pixels = np.zeros((*logs.shape, 4), np.uint8)
    pixels[..., :3] = theme.value_table()[shades(logs, (scale.low, scale.high))]
    pixels[..., 3] = 255 * (known | zero)
    pixels[zero, :3] = QColor(theme.warning).getRgb()[:3]  # type: ignore[index]
    return pixels


def decades(counts: NDArray[np.intp]) -> tuple[int, int]:
    """The powers of ten between which all that is counted lies, (layers, BINS), and at least the USUAL ones."""
    filled = np.flatnonzero(counts.any(axis=0))
    if not len(filled):
        return USUAL
    return min(math.floor(EDGES[filled[0]]), USUAL[0]), max(math.ceil(EDGES[filled[-1] + 1]), USUAL[1])


def reach(factors: Floats) -> int:
    """How many decades about 1 hold all factors that are not 0."""
    sizes = factors[np.isfinite(factors) & (factors > 0.0)]
    furthest = math.ceil(float(np.abs(np.log10(sizes)).max(initial=0.0)) - 1e-9)
    return min(max(furthest, 1), MOST_DECADES)


def logarithms(factors: Floats, furthest: int) -> Floats:
    """Their places, (factors,), no further than so many decades from 1; no bar where there is no number."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs: Floats = np.nan_to_num(np.clip(np.log10(factors), -float(furthest), float(furthest)), nan=0.0)
    return logs


def plain_power(exponent: int) -> str:
    """1, 0.1 or 100 where that is short."""
    return f"{10.0**exponent:,.{max(-exponent, 0)}f}" if abs(exponent) <= 3 else power(exponent)
