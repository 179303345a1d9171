"""How large each layer's weight gradient is, over time and now. Draws what a frame holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QFont

from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.options.layers import layer_name, short_layer_name
from playground.options.numerals import counted, written
from playground.ui.forms.segments import Segments
from playground.ui.plots.axes import ValueAxis, colour_axes, quiet
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.scale import Floats, Scale
from playground.ui.theme import GRID, Theme, small
from playground.ui.viewing.view import PlotView
from playground.ui.words import said
from playground.ui.workspace.document import Document


class Measure(Enum):
    """How a layer's gradient is made one number; in the order of the columns of Frame.gradient_now."""

    NORM = "norm"
    LARGEST = "largest"
    MEAN = "mean"


@dataclass(frozen=True)
class GradientOptions:
    """How gradients are drawn."""

    measure: Measure = Measure.NORM


CROWDED = 6  # layers above which only every second bar has a name


class GradientView(PlotView):
    """Left one line a layer over epochs, right one bar a layer for this moment, on one logarithmic scale.

    While the mouse is over the lines, the bars show the record under it.
    """

    name = "gradient"
    title = "Gradients"
    needs = frozenset({Curves})
    options = GradientOptions()
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._frame: Frame | None = None
        self._epochs: Floats = np.zeros(0)
        self._sizes: Floats = np.zeros((0, 0))  # (records, layers)
        self._now: Floats = np.zeros(0)  # (layers,)
        self._scale = Scale.logarithmic(self._now)
        self._colours: list[QColor] = []
        self._measure = Segments(
            "gradient.measure",
            {
                Measure.NORM: (self.tr("norm"), self.tr("Length of each layer's weight gradient: √ Σ (∂L/∂w)²")),
                Measure.LARGEST: (self.tr("largest"), self.tr("Largest |∂L/∂w| among each layer's weights")),
                Measure.MEAN: (self.tr("mean"), self.tr("Mean |∂L/∂w| over each layer's weights")),
            },
        )
        self._measure.chosen.connect(lambda measure: self.choose(measure=measure))
        self.controls.addWidget(self._measure)
        self.controls.addStretch()
        font = small(self.font())
        self._legend = Legend(font)
        self._lines = CurvePlot(font, noisy=True)
        self._bars = BarPlot(font)
        self._bars.setYLink(self._lines)
        for plot in (self._lines, self._bars):
            plot.pointed.connect(self._point_at)
        self._lines.setLabel("bottom", self.tr("epoch"))
        self._bars.setLabel("bottom", self.tr("layer"))
        self.canvas.addItem(self._legend, 0, 0, 1, 2)
        self.canvas.addItem(self._lines, 1, 0)
        self.canvas.addItem(self._bars, 1, 1)
        self.canvas.ci.layout.setColumnStretchFactor(0, 2)
        self.canvas.ci.layout.setColumnStretchFactor(1, 1)
        self.show_choices()
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        if len(frame.gradient_now) != len(self._now):
            self._now = frame.gradient_now[:, 0]
            self._show_colours()
        self._draw()

    def show_choices(self) -> None:
        self._column = list(Measure).index(self.options.measure)
        self._measure.show_value(self.options.measure)
        words = (self.tr("norm of ∂L/∂W"), self.tr("largest |∂L/∂w|"), self.tr("mean |∂L/∂w|"))
        self._lines.setLabel("left", words[self._column])
        self._draw()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._show_colours()
        self._show_moment()

    def _draw(self) -> None:
        if self._frame is None or self._frame.curves is None:
            return
        curves = self._frame.curves
        sizes = (curves.gradient_norm, curves.gradient_largest, curves.gradient_mean)[self._column]
        known = np.isfinite(sizes).any(axis=1)  # before the first step there is no gradient
        self._epochs, self._sizes = curves.epoch[known], sizes[known]
        self._now = self._frame.gradient_now[:, self._column]
        self._scale = Scale.logarithmic(np.vstack([self._sizes, self._now]))
        self._lines.show_lines(self._epochs, self._sizes, self._scale)
        self._show_moment()

    def _show_moment(self) -> None:
        """The bars and the note: of the record under the mouse, or of now."""
        record = self._lines.record
        past = 0 <= record < len(self._epochs)
        sizes = self._sizes[record] if past else self._now
        self._bars.show_bars(sizes, self._scale)
        note = self.tr("epoch {0}").format(counted(self._epochs[record])) if past else ""
        layer = self._lines.line if past else self._bars.layer
        if 0 <= layer < len(sizes):
            note = f"{note}   {self._name(layer)}  {written(sizes[layer])}".strip()
        entries = [
            Entry(colour, self._name(layer), said(short_layer_name(layer, len(self._colours))))
            for layer, colour in enumerate(self._colours)
        ]
        self._legend.show_entries(entries, note)

    def _show_colours(self) -> None:
        self._colours = self.theme.layer_colours(len(self._now))
        self._lines.show_colours(self._colours, self.theme)
        names = [said(short_layer_name(layer, len(self._now))) for layer in range(len(self._now))]
        self._bars.show_colours(self._colours, names, self.theme)

    def _name(self, layer: int) -> str:
        return said(layer_name(layer, len(self._colours)))

    def _point_at(self) -> None:
        self._lines.point_at(self._lines.record)
        self._show_moment()


class BarPlot(pg.PlotItem):  # type: ignore[misc]
    """One bar a layer on the scale of the plot to its left, from the scale's end upwards.

    `pointed` says that the mouse is over another bar, that of `layer`; it is -1 when it has left.
    """

    pointed = Signal()

    def __init__(self, font: QFont) -> None:
        self._values = ValueAxis()
        super().__init__(axisItems={"left": self._values}, enableMenu=False)
        quiet(self, font)
        self.vb.setMouseEnabled(False, False)
        self._values.setStyle(showValues=False)
        self._values.setWidth(2 * GRID)
        self._bars = pg.BarGraphItem(x=[], height=[], width=0.7)
        self.addItem(self._bars, ignoreBounds=True)
        self._layers = 0
        self.layer = -1

    def show_bars(self, sizes: Floats, scale: Scale) -> None:
        """Sizes (layers,) now; a zero is a thin line at the scale's 0."""
        bottom, _ = scale.ends
        heights = np.nan_to_num(scale.places(sizes) - bottom, nan=0.0)
        self._bars.setOpts(x=np.arange(len(sizes)), y0=bottom, height=heights)
        self._values.follow(scale)

    def show_colours(self, colours: list[QColor], names: list[str], theme: Theme) -> None:
        """One colour and one short name a layer."""
        self._layers = len(colours)
        colour_axes(self, theme)
        places = np.arange(len(colours))
        self._bars.setOpts(x=places, height=np.zeros(len(colours)), brushes=colours, pen=pg.mkPen(None))
        step = 2 if len(names) > CROWDED else 1
        self.getAxis("bottom").setTicks([list(enumerate(names))[(len(names) - 1) % step :: step]])
        self.vb.setXRange(-0.6, max(len(names), 2) - 0.4, padding=0.0)

    def hoverEvent(self, ev: Any) -> None:
        self.layer = -1
        if not ev.isExit() and self.vb.sceneBoundingRect().contains(ev.scenePos()):
            self.layer = min(max(round(self.vb.mapSceneToView(ev.scenePos()).x()), 0), self._layers - 1)
        self.pointed.emit()
