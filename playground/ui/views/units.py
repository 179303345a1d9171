"""Where a layer's units sit on the curve of their activation, and how that changes. Draws what a frame holds."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from playground.experiment.frame import Frame
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.pre_activations import PreActivations
from playground.options.layers import layer_name, short_layer_name
from playground.options.numerals import percent, written
from playground.ui.plots.axes import colour_axes, show_bottom
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.heat_map import steady_top
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.number_plot import NumberPlot
from playground.ui.plots.scale import Floats, Scale
from playground.ui.theme import GRID, NEGATIVE, Theme, small
from playground.ui.viewing.captioned import CaptionedView
from playground.ui.viewing.unit_picker import UnitPicker
from playground.ui.words import said
from playground.ui.workspace.document import Document

LOWEST, HIGHEST = -1.5, 1.5  # of the curves: what grows without end leaves the picture
CROWD = 0.55  # share of the plot's height that the highest bar may take, so that the curves stay readable
SHADE, PALE, STRONG = 0.16, 0.28, 0.55  # opacities: of what is saturated, of the layer's bars, of the unit's


class UnitsView(CaptionedView):
    """Left f and f′ over the pre-activation and, under them, where the units sit now; right how the layers fare over time."""

    name = "units"
    title = "Units"
    needs = frozenset({PreActivations, LayerStatistics})
    shows = (PreActivations,)
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._pre_activations: PreActivations | None = None
        self._layer_statistics: LayerStatistics | None = None
        self._colours: list[QColor] = []
        self._whose = ""  # layer statistics these are
        self.picker = UnitPicker(self.name, document)
        self.controls.addWidget(self.picker)
        self.controls.addStretch()
        font = small(self.font())
        self._legend, self._layers = Legend(font), Legend(font)
        self._plot = PreActivationPlot(font)
        self._plot.setLabel("bottom", self.tr("pre-activation z"))
        self._saturated = CurvePlot(font, suffix=" %", factor=100.0)
        self._saturated.setLabel("left", self.tr("saturated"))
        self._slope = CurvePlot(font)
        self._slope.setLabel("left", self.tr("mean |f′|"))
        for plot in (self._saturated, self._slope):
            plot.setLabel("bottom", self.tr("epoch"))
            plot.pointed.connect(self._point_at_record)
        show_bottom(self._saturated, False)
        self._saturated.getAxis("left").setTicks([[(share, percent(share, 0)) for share in (0.0, 0.5, 1.0)]])
        self.canvas.addItem(self._legend, 0, 0)
        self.canvas.addItem(self._layers, 0, 1)
        self.canvas.addItem(self._plot, 1, 0, 2, 1)
        self.canvas.addItem(self._saturated, 1, 1)
        self.canvas.addItem(self._slope, 2, 1)
        self.canvas.ci.layout.setHorizontalSpacing(2 * GRID)
        for column, stretch in ((0, 3), (1, 2)):
            self.canvas.ci.layout.setColumnStretchFactor(column, stretch)
        for row in (1, 2):
            self.canvas.ci.layout.setRowStretchFactor(row, 1)
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        self.picker.show_frame(frame)
        self._whose = self.of_the_first(frame)
        layer_statistics = frame.look(LayerStatistics)
        if layer_statistics is not None:
            self._layer_statistics = layer_statistics
            if len(layer_statistics.units) != len(self._colours):
                self._dress()
            self._saturated.show_lines(layer_statistics.epoch, layer_statistics.saturated, Scale(0.0, 1.0, False))
            scale = Scale.linear(layer_statistics.slope)
            ticks = [
                (share * scale.high, scale.written(share * scale.high)) for share in (0.0, 0.5, 1.0)
            ]  # the plot is low
            self._slope.getAxis("left").setTicks([ticks])
            self._slope.show_lines(layer_statistics.epoch, layer_statistics.slope, scale)
            self._tell_layers()
        pre_activations = frame.look(PreActivations)
        if pre_activations is not None:
            self._plot.show_pre_activations(pre_activations, frame.run)
            self._pre_activations = pre_activations
            self._tell_pre_activations()

    def told(self, mouse: QPointF) -> str:
        """The curves' numbers there; of the lines over epochs the legend tells them."""
        return self._plot.numbers(mouse)

    def show_choices(self) -> None:
        self.picker.show_selection()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._plot.show_theme(theme)
        self._dress()
        self._tell_pre_activations()
        self._tell_layers()

    def _dress(self) -> None:
        self._colours = self.theme.layer_colours(len(self._layer_statistics.units)) if self._layer_statistics else []
        for plot in (self._saturated, self._slope):
            plot.show_colours(self._colours, self.theme)

    def _tell_pre_activations(self) -> None:
        """What the bars and curves are, and which share of each sits where hardly any gradient passes."""
        pre_activations = self._pre_activations
        if pre_activations is None:
            return
        count = self._layer_statistics.units if self._layer_statistics else ()
        layer = said(layer_name(pre_activations.layer, len(count))) if count else self.tr("layer")
        entries = [
            Entry(QColor(self.theme.text), "f", "f"),
            Entry(QColor(NEGATIVE), "f′", "f′"),
        ]
        above = pre_activations.coupled
        self._plot.setLabel("bottom", self.tr("z above the other outputs'") if above else self.tr("pre-activation z"))
        unit, more = self.tr("unit {0}").format(pre_activations.unit + 1), self.tr(" saturated")
        rows = ((self.theme.muted, layer, pre_activations.of_layer), (self.theme.accent, unit, pre_activations.of_unit))
        entries += [Entry(QColor(colour), name, name, percent(of.saturated, 0), more) for colour, name, of in rows]
        note = ""
        if not pre_activations.steepest:
            note = self.tr("f′ is 0 everywhere")
        elif not len(pre_activations.values):
            note = self.tr(pre_activations.slope_in_words)
        self._legend.show_entries(entries if len(pre_activations.values) else entries[2:], note)
        self.caption.say(self._character(pre_activations) + self._whose)
        self.tell_again()

    def _character(self, pre_activations: PreActivations) -> str:
        """How steep the curve is and where it bends, and what the shading means."""
        if not pre_activations.steepest:
            return self.tr("f′ is 0 everywhere, so no gradient passes these units.")
        words = [
            self.tr("Bars: pre-activations. Healthy: outside the shading, where f saturates. f′ ≤ {0}").format(
                written(pre_activations.steepest)
            )
        ]
        if pre_activations.bends.steepest_at is not None:
            words.append(self.tr(", at z = {0}").format(written(pre_activations.bends.steepest_at)))
        if pre_activations.bends.values:
            places = self.tr(" and ").join(map(written, pre_activations.bends.values))
            words.append(self.tr("; f bends most at {0}").format(places))
        for sign, value in pre_activations.trained:
            words.append(self.tr("; {0}, trained, is {1}").format(sign, written(value)))
        shaded = self.tr("Shaded: |f′| < 5 % of that, so hardly any gradient passes.")
        return "".join(words) + ". " + shaded

    def _tell_layers(self) -> None:
        """The numbers of the record under the mouse, or of the last one."""
        layer_statistics = self._layer_statistics
        if layer_statistics is None or not len(layer_statistics.epoch):
            return
        pointed = max(self._saturated.record, self._slope.record)
        record = pointed if 0 <= pointed < len(layer_statistics.epoch) else len(layer_statistics.epoch) - 1
        plot = self._saturated if self._saturated.record >= 0 else self._slope
        last = len(layer_statistics.units) - 1
        entries = [
            Entry(colour, name, name)
            for layer, colour in enumerate(self._colours)
            for name in (said(short_layer_name(layer, last + 1)),)
        ]
        note = self.tr("saturated, mean |f′|")  # from above, where the plots are too low for these names
        if pointed == record and 0 <= plot.line <= last:
            share, slope = layer_statistics.saturated[record, plot.line], layer_statistics.slope[record, plot.line]
            note = self.tr("{0}: {1}  {2}, |f′| {3:.3f}").format(
                f"{layer_statistics.epoch[record]:,.0f}",
                said(layer_name(plot.line, last + 1)),
                percent(share, 0),
                slope,
            )
            entries = []
        self._layers.show_entries(entries, note)

    def _point_at_record(self) -> None:
        record = max(self._saturated.record, self._slope.record)
        for plot in (self._saturated, self._slope):
            plot.point_at(record)
        self._tell_layers()


class PreActivationPlot(NumberPlot):
    """f and f′ over z, the saturated parts shaded, and two histograms on the floor: the layer's, and one unit's over it.

    The range grows with a run, and never shrinks, so that nothing jumps to and fro.
    """

    def __init__(self, font: QFont) -> None:
        super().__init__(font)
        self.getAxis("left").setWidth(4 * GRID)
        self._shade = QGraphicsPathItem()
        self._shade.setPen(Qt.PenStyle.NoPen)
        self._bars = [pg.BarGraphItem(x0=[], x1=[], height=[]) for _ in range(2)]
        self._slopes = pg.PlotCurveItem(antialias=True, connect="finite")
        self._values = pg.PlotCurveItem(antialias=True, connect="finite")
        for item in (self._shade, *self._bars, self._slopes, self._values):
            self.addItem(item, ignoreBounds=True)
        self._marks = pg.ScatterPlotItem(size=7, pxMode=True)
        self.addItem(self._marks, ignoreBounds=True)
        self._pre_activations: PreActivations | None = None
        self.reach = self.top = 0.0
        self._of = (0, 0)

    def numbers(self, mouse: QPointF) -> str:
        """z, f and f′ under the mouse; "" where it is elsewhere."""
        pre_activations = self._pre_activations
        if (
            pre_activations is None
            or not len(pre_activations.values)
            or not self.vb.sceneBoundingRect().contains(mouse)
        ):
            return ""
        z = float(self.vb.mapSceneToView(mouse).x())
        values = [
            float(np.interp(z, pre_activations.z, values))
            for values in (*pre_activations.values, pre_activations.slopes)
        ]
        *heights, slope = map(written, values)
        return f"z {written(z)}   f {', '.join(heights)}   f′ {slope}"

    def show_pre_activations(self, pre_activations: PreActivations, run: int) -> None:
        """Draw these, of a run with this number."""
        self._pre_activations = pre_activations
        if self._of != (run, pre_activations.layer):
            self._of = (run, pre_activations.layer)
            self.reach = self.top = 0.0
        self.reach = max(self.reach, float(pre_activations.edges[-1]))
        low, high = _ends(pre_activations)
        self.show_scales(Scale(-self.reach, self.reach, False, air=0.0), Scale(low, high, False, air=0.0))
        densities = (pre_activations.of_layer.density, pre_activations.of_unit.density)
        self.top = steady_top(np.stack(densities), self.top)
        for bars, density in zip(self._bars, densities, strict=True):
            filled = np.flatnonzero(density)
            heights = np.clip(density[filled] / self.top, 0.0, 1.0) * ((high - low) * CROWD)
            bars.setOpts(x0=pre_activations.edges[filled], x1=pre_activations.edges[filled + 1], y0=low, height=heights)
        curves = [np.append(curve, np.nan) for curve in pre_activations.values]
        z = np.append(pre_activations.z, np.nan)
        self.draw_curve(self._values, np.tile(z, len(curves)), np.concatenate([*curves, np.zeros(0)]))
        self.draw_curve(self._slopes, pre_activations.z, pre_activations.slopes)
        self.draw_points(self._marks, np.array(pre_activations.bends.places), np.array(pre_activations.bends.values))
        self._shade.setPath(_regions(pre_activations.z, pre_activations.faint, self.reach, low, high))

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        colour_axes(self, theme)
        self._shade.setBrush(_faded(theme.muted, SHADE))
        for bars, colour, strength in zip(self._bars, (theme.muted, theme.accent), (PALE, STRONG), strict=True):
            bars.setOpts(brush=_faded(colour, strength), pen=pg.mkPen(None))
        self._values.setPen(pg.mkPen(theme.text, width=2))
        self._marks.setBrush(pg.mkBrush(theme.text))
        self._marks.setPen(pg.mkPen(theme.base))
        self._slopes.setPen(pg.mkPen(NEGATIVE, width=2))


def _ends(pre_activations: PreActivations) -> tuple[float, float]:
    """Lowest and highest value to draw, with a little air; the bars stand on the lowest."""
    drawn = np.concatenate([pre_activations.values.ravel(), pre_activations.slopes])
    drawn = drawn[np.isfinite(drawn)]
    low, high = max(float(drawn.min(initial=0.0)), LOWEST), min(float(drawn.max(initial=1.0)), HIGHEST)
    return low - 0.06 * (high - low), high + 0.06 * (high - low)


def _regions(z: Floats, faint: NDArray[np.bool_], reach: float, low: float, high: float) -> QPainterPath:
    """A box over each stretch of z that is faint; what is faint at the ends of z is so beyond them."""
    path = QPainterPath()
    turns = np.flatnonzero(np.diff(np.concatenate([[False], faint, [False]]).astype(np.int8)))
    for first, last in zip(turns[::2], turns[1::2] - 1, strict=True):
        left = -reach if first == 0 else float(z[first])
        right = reach if last == len(z) - 1 else float(z[last])
        path.addRect(QRectF(left, low, right - left, high - low))
    return path


def _faded(name: str, strength: float) -> QColor:
    colour = QColor(name)
    colour.setAlphaF(strength)
    return colour
