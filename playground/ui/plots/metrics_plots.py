"""The plots by which answers are judged: ROC curves, reliability, answers against the truth, residuals. Know no frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont

from playground.experiment.looks import bins
from playground.experiment.looks.metrics import Metrics
from playground.experiment.scene import Scene
from playground.ui.plots.axes import colour_axes
from playground.ui.plots.dots import MOST, Dots
from playground.ui.plots.number_plot import NumberPlot, nearest
from playground.ui.plots.scale import Scale
from playground.ui.theme import Theme

DOT = 6  # pixels
LEAST_DOT, MOST_DOT = 5.0, 14.0  # of the reliability curve, by how many examples there are
AIR = 0.04  # share of an axis beyond the outermost numbers
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


class MetricsPlot(NumberPlot):
    """A plot of numbers, if there is something to compare with, with a dashed line for that."""

    def __init__(self, font: QFont, left: str, bottom: str) -> None:
        super().__init__(font)
        self.setLabel("left", left)
        self.setLabel("bottom", bottom)
        self._diagonal = pg.PlotCurveItem(antialias=True)
        self.addItem(self._diagonal, ignoreBounds=True)

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        colour_axes(self, theme)
        self._diagonal.setPen(pg.mkPen(theme.muted, style=Qt.PenStyle.DashLine))

    def compare_shares(self, across: float, up: float) -> None:
        """Let both axes go from 0 to 1, with so much air around."""
        self.show_scales(Scale(0.0, 1.0, False, air=across), Scale(0.0, 1.0, False, air=up))
        self.getAxis("left").setTicks([[(share, f"{share:g}") for share in SHARES]])
        self._diagonal.setData([0.0, 1.0], [0.0, 1.0])


class Roc(MetricsPlot):
    """For each class the share that is found of it, over the share of the others that is taken for it."""

    def __init__(self, font: QFont, left: str, bottom: str) -> None:
        super().__init__(font, left, bottom)
        self.compare_shares(0.02, 0.05)
        self.lines: list[Any] = []

    def show_metrics(self, metrics: Metrics, colours: list[QColor]) -> None:
        """Draw its curves, one colour each."""
        while len(self.lines) > len(metrics.roc):
            self.removeItem(self.lines.pop())
        while len(self.lines) < len(metrics.roc):
            self.lines.append(pg.PlotCurveItem(antialias=True))
            self.addItem(self.lines[-1], ignoreBounds=True)
        for curve, roc, colour in zip(self.lines, metrics.roc, colours, strict=True):
            self.draw_curve(curve, roc[0], roc[1], pen=pg.mkPen(colour, width=2))

    def point_at(self, metrics: Metrics, mouse: QPointF) -> tuple[int, tuple[float, float, float]] | None:
        """The curve under the mouse, and the share taken wrongly, the share found and the threshold there."""
        owners = np.repeat(np.arange(len(metrics.roc)), [roc.shape[1] for roc in metrics.roc])
        points = np.concatenate(metrics.roc, axis=1)
        index = nearest(self, points[0], points[1], mouse)
        if index < 0:
            return None
        wrong, found, threshold = points[:, index].tolist()
        return int(owners[index]), (wrong, found, threshold)


class Reliability(MetricsPlot):
    """How often it is right what is said with some probability; bars show how many examples that is said of."""

    def __init__(self, font: QFont, left: str, bottom: str) -> None:
        super().__init__(font, left, bottom)
        self.compare_shares(0.03, 0.1)  # room for whole dots
        self._sizes = pg.BarGraphItem(x=[], height=[], width=0.09)
        self._sizes.setZValue(-0.5)
        self.said = pg.PlotCurveItem(antialias=True)
        self._dots = pg.ScatterPlotItem(pxMode=True)
        for item in (self._sizes, self.said, self._dots):
            self.addItem(item, ignoreBounds=True)

    def show_metrics(self, metrics: Metrics) -> None:
        """Draw the shares that were right."""
        said, right, sizes = metrics.reliability.T
        known = sizes > 0.0
        self.said.setData(said[known], right[known])
        weights = np.sqrt(sizes[known] / max(sizes.max(), 1.0))
        self._dots.setData(said[known], right[known], size=LEAST_DOT + (MOST_DOT - LEAST_DOT) * weights)
        middles = (np.arange(len(sizes)) + 0.5) / len(sizes)
        self._sizes.setOpts(x=middles, height=0.25 * sizes / max(sizes.max(), 1.0))

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._sizes.setOpts(brush=pg.mkBrush(theme.border), pen=pg.mkPen(None))
        self.said.setPen(pg.mkPen(theme.accent, width=2))
        self._dots.setBrush(pg.mkBrush(theme.accent))
        self._dots.setPen(pg.mkPen(theme.base))


class Answers(MetricsPlot):
    """Each answer over the number that would have been right."""

    def __init__(self, font: QFont, left: str, bottom: str) -> None:
        super().__init__(font, left, bottom)
        self.dots = Dots(self, DOT)

    def show_metrics(self, metrics: Metrics, scene: Scene) -> None:
        """Draw as many examples as one can tell apart."""
        truth, answer = metrics.truth, metrics.answer
        ends = np.array(bins.ends(np.append(truth, [scene.low, scene.high])))
        self.show_scales(Scale.within(ends, AIR), Scale.within(np.append(answer, ends), AIR))
        self.draw_curve(self._diagonal, ends, ends)
        self.dots.show_points(truth[:MOST], answer[:MOST], truth[:MOST], scene)


class Residuals(MetricsPlot):
    """How many answers are off by how much."""

    def __init__(self, font: QFont, left: str, bottom: str) -> None:
        super().__init__(font, left, bottom)
        self.bars = pg.BarGraphItem(x0=[], x1=[], height=[])
        self.addItem(self.bars, ignoreBounds=True)

    def show_metrics(self, metrics: Metrics) -> None:
        """Draw the histogram."""
        edges, counts = metrics.edges, metrics.residuals
        self.show_scales(Scale.within(edges), Scale(0.0, max(float(counts.max()), 1.0), False, air=AIR))
        self.draw_bars(self.bars, edges, counts)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self.bars.setOpts(brush=pg.mkBrush(theme.test), pen=pg.mkPen(theme.base))
