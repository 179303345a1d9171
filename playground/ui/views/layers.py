"""Layers compared: gradients over time and now, the factors on their way back, the size of updates. Draws a frame."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.gradient_flow import EDGES, GradientFlow
from playground.experiment.looks.look import Requests
from playground.options.layers import layer_name, short_layer_name
from playground.options.numerals import counted, written
from playground.ui.forms.segments import Segments
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.key import Key
from playground.ui.plots.layer_plots import Factors, Histograms, Sentence, Waterfall
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.scale import Floats, Scale
from playground.ui.theme import Theme, small
from playground.ui.viewing.captioned import CaptionedView
from playground.ui.words import said
from playground.ui.workspace.document import Document

HEALTHY = 1e-3  # of its weights a layer should move at a step; Karpathy and Johnson, CS231n notes, "Neural Networks 3"
FAINTEST = 1e-12  # of the largest gradient: what is smaller has the darkest colour of the waterfall
BAND = np.log10(HEALTHY) + np.array([-0.5, 0.5])  # still called healthy


class Picture(Enum):
    """What is compared between the layers."""

    WATERFALL = "waterfall"
    DISTRIBUTION = "distribution"
    UPDATES = "updates"
    FACTORS = "factors"


NEEDS: dict[Picture, Requests] = {
    Picture.WATERFALL: frozenset({Curves, GradientFlow}),
    Picture.DISTRIBUTION: frozenset({GradientFlow}),
    Picture.UPDATES: frozenset({LayerStatistics}),
    Picture.FACTORS: frozenset({GradientFlow}),
}


@dataclass(frozen=True)
class LayersOptions:
    """How layers are drawn."""

    picture: Picture = Picture.WATERFALL


class LayersView(CaptionedView):
    """One of four pictures with a row or a line for each layer, and the sentence that names the layer to blame."""

    name = "layers"
    shows = (GradientFlow,)
    title = "Layers"
    options = LayersOptions()
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._picture: Picture | None = None
        self._curves: Curves | None = None
        self._flow: GradientFlow | None = None
        self._layer_statistics: LayerStatistics | None = None
        self._whose = ""  # layer statistics these are
        self._layers = 0
        self._segments = Segments(
            "layers.picture",
            {
                Picture.WATERFALL: (
                    self.tr("waterfall"),
                    self.tr(
                        "The gradient norm of each layer over time, and what backpropagation multiplies the gradient by."
                    ),
                ),
                Picture.DISTRIBUTION: (
                    self.tr("distribution"),
                    self.tr("How large the gradients and the weights of each layer are now."),
                ),
                Picture.UPDATES: (
                    self.tr("updates"),
                    self.tr("How far each step moves a layer, in terms of its weights."),
                ),
                Picture.FACTORS: (
                    self.tr("factors"),
                    self.tr(
                        "What backpropagation multiplies the gradient by, layer by layer, and the forward pass the signal."
                    ),
                ),
            },
        )
        self._segments.chosen.connect(lambda picture: self.choose(picture=picture))
        self.controls.addWidget(self._segments)
        self.controls.addStretch()
        font = small(self.font())
        self._sentence, self._key, self._legend = Sentence(font), Key(font), Legend(font)
        self._waterfall, self._histograms, self._factors = Waterfall(font), Histograms(font), Factors(font)
        self._updates = CurvePlot(font, noisy=True)
        self._updates.setLabel("left", self.tr("‖Δw‖ / ‖w‖"))
        self._updates.setLabel("bottom", self.tr("epoch"))
        self._updates.pointed.connect(self._point_at_updates)
        self._band = pg.LinearRegionItem(BAND, orientation="horizontal", movable=False)
        self._middle = pg.InfiniteLine(pos=np.log10(HEALTHY), angle=0)
        for item in (self._band, self._middle):
            item.setZValue(-0.5)
            self._updates.addItem(item, ignoreBounds=True)
        self._waterfall.setLabel("bottom", self.tr("epoch"))
        self._histograms.setLabel("bottom", self.tr("size of a gradient |∂L/∂w|, of a weight |w|"))
        self._factors.setLabel("bottom", self.tr("factor"))
        self._placed: list[Any] = []
        self.show_choices()
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        self._whose = self.of_the_first(frame)
        self.follow_member(frame)
        self._curves = self._curves if frame.curves is None else frame.curves
        self._flow = frame.look(GradientFlow) or self._flow
        self._layer_statistics = frame.look(LayerStatistics) or self._layer_statistics
        if len(frame.weights) != self._layers:
            self._layers = len(frame.weights)
            self._dress()
        self._draw()

    def show_choices(self) -> None:
        picture = self.options.picture
        self._segments.show_value(picture)
        if picture != self._picture:
            self._picture = picture
            self.needs = NEEDS[picture]
            self._lay_out()
            self._draw()
            self.needs_changed.emit()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._waterfall.show_theme(theme)
        self._histograms.show_colours(theme.test, theme.train, theme)
        self._factors.show_colours(theme.test, theme.accent, theme.validation, theme)
        band = QColor(theme.accent)
        band.setAlphaF(0.15)
        self._band.setBrush(band)
        for edge in self._band.lines:
            edge.setPen(pg.mkPen(None))
        self._middle.setPen(pg.mkPen(theme.accent, style=Qt.PenStyle.DashLine))
        self._dress()
        self._draw()

    def told(self, mouse: QPointF) -> str:
        """The numbers of the layer under the mouse."""
        flow = self._flow
        for plot in (self._waterfall, self._histograms, self._factors):
            layer = plot.layer_at(mouse) if plot in self._placed else -1
            if layer < 0:
                continue
            if plot is self._waterfall:
                return self._told_record(layer, float(plot.vb.mapSceneToView(mouse).x()))
            if flow is None or layer >= len(flow.slope):
                return ""
            if plot is self._histograms:
                return self._told_bin(flow, layer, self._histograms.bin_at(mouse))
            return self._told_factors(flow, layer)
        return ""

    # What is told

    def _told_record(self, layer: int, epoch: float) -> str:
        epochs, norms = _known(self._curves)
        if not len(epochs):
            return ""
        record = int(np.abs(epochs - epoch).argmin())
        words = self.tr("epoch {0}, {1}: ‖∂L/∂W‖ = {2}")
        return words.format(counted(epochs[record]), self._name(layer), written(norms[record, layer]))

    def _told_bin(self, flow: GradientFlow, layer: int, bin: int) -> str:
        if bin < 0:
            size, counts = self.tr("exactly 0"), (flow.zero_gradients[layer], flow.zero_weights[layer])
        else:
            low, high = (written(10.0**edge) for edge in EDGES[bin : bin + 2])
            size = self.tr("{0} to {1}").format(low, high)
            counts = flow.gradients[layer, bin], flow.weights[layer, bin]
        return self.tr("{0}, {1}: {2} gradients, {3} weights").format(self._name(layer), size, *counts)

    def _told_factors(self, flow: GradientFlow, layer: int) -> str:
        if layer == len(flow.slope) - 1:
            words = self.tr(
                "output: its δ comes straight from the loss; its z spreads × {0} as far as that of the layer below"
            )
            return words.format(written(flow.forward[layer]))
        slope, gain, ratio = (written(values[layer]) for values in (flow.slope, flow.gain, flow.ratio))
        normed = self.tr("with its normalisation × {0}").format(written(flow.passed[layer]))
        return "\n".join(
            (
                self.tr("{0}: δ is × {1} that of the layer above").format(self._name(layer), ratio),
                self.tr("mean |f′(z)| = {0}").format(slope) + (f", {normed}" if flow.normalised[layer] else ""),
                self.tr("‖Wᵀδ‖ / ‖δ‖ = {0} of the weights above").format(gain),
                self.tr("z spreads by {0}, × {1} that of the layer below").format(
                    written(flow.signal[layer]), written(flow.forward[layer])
                ),
            )
        )

    def _name(self, layer: int) -> str:
        return said(layer_name(layer, self._layers))

    def _short(self, layer: int) -> str:
        return said(short_layer_name(layer, self._layers))

    # Drawing

    def _lay_out(self) -> None:
        """Put the parts of the chosen picture into their places."""
        for item in self._placed:
            self.canvas.removeItem(item)
        places: dict[Picture, tuple[tuple[Any, int, int, int, int], ...]] = {
            Picture.WATERFALL: (
                (self._sentence, 0, 0, 1, 2),
                (self._key, 1, 0, 1, 1),
                (self._legend, 1, 1, 1, 1),
                (self._waterfall, 2, 0, 1, 1),
                (self._factors, 2, 1, 1, 1),
            ),
            Picture.DISTRIBUTION: ((self._legend, 1, 0, 1, 2), (self._histograms, 2, 0, 1, 2)),
            Picture.UPDATES: ((self._legend, 1, 0, 1, 2), (self._updates, 2, 0, 1, 2)),
            Picture.FACTORS: ((self._sentence, 0, 0, 1, 2), (self._legend, 1, 0, 1, 2), (self._factors, 2, 0, 1, 2)),
        }
        self._placed = [item for item, *_ in places[self.options.picture]]
        for item, *place in places[self.options.picture]:
            self.canvas.addItem(item, *place)
        layout = self.canvas.ci.layout
        for column, stretch in ((0, 3), (1, 2)):
            layout.setColumnStretchFactor(column, stretch)
        layout.setRowStretchFactor(2, 1)
        # WORKAROUND pyqtgraph 0.14: a layout that has lost an item shrinks to its least size until the next resize.
        self.canvas.ci.setGeometry(self.canvas.range)

    def _dress(self) -> None:
        """Give each layer its name and its line's colour."""
        names = [self._short(layer) for layer in range(self._layers)]
        for plot in (self._waterfall, self._histograms, self._factors):
            plot.show_names(names)
        self._updates.show_colours(self.theme.layer_colours(self._layers), self.theme)

    def _draw(self) -> None:
        if self._picture is Picture.WATERFALL and self._member:
            mixed = self.tr("{0} Rows are the members' mean, factors those of {1}.")
            self.caption.say(mixed.format(self._caption(), self._member))
        else:
            self.say(self._caption())
        if self._flow is not None and len(self._flow.slope) == self._layers:
            self._sentence.show_text(said(self._flow.sentence))
            if self._picture is Picture.DISTRIBUTION:
                self._histograms.show_flow(self._flow)
            elif self._picture in (Picture.FACTORS, Picture.WATERFALL):
                self._factors.show_flow(self._flow)
        if self._picture is Picture.WATERFALL:
            self._draw_waterfall()
        if self._picture is Picture.UPDATES:
            self._draw_updates()
        else:
            self._show_legend()
        self.tell_again()

    def _draw_waterfall(self) -> None:
        epochs, norms = _known(self._curves)
        if self._curves is not None and norms.shape[1] == self._layers:
            most = float(np.max(norms, initial=0.0, where=np.isfinite(norms)))
            scale = Scale.logarithmic(norms[norms >= FAINTEST * most])
            self._waterfall.show_sizes(epochs, norms, scale, self.theme)
            with np.errstate(over="ignore"):
                low, high = np.power(10.0, [scale.low, scale.high]).tolist()
            self._key.show_bar(self.tr("‖∂L/∂W‖"), (low, high), self.theme.value_table(), ())

    def _draw_updates(self) -> None:
        layer_statistics = self._layer_statistics
        if layer_statistics is None or len(layer_statistics.units) != self._layers:
            return
        known = np.isfinite(layer_statistics.update).any(axis=1)
        scale = Scale.logarithmic(np.append(layer_statistics.update[known], 10.0**BAND))
        self._updates.show_lines(layer_statistics.epoch[known], layer_statistics.update[known], scale)
        self._show_updates(layer_statistics.epoch[known], layer_statistics.update[known])

    def _show_updates(self, epochs: Floats, updates: Floats) -> None:
        """In the legend, the ratios of the record under the mouse, or of the last."""
        colours = self.theme.layer_colours(self._layers)
        record = self._updates.record if self._updates.record < len(epochs) else -1
        now = updates[record] if len(epochs) else np.full(self._layers, np.nan)
        entries = [
            Entry(colour, self._name(layer), self._short(layer), written(now[layer]))
            for layer, colour in enumerate(colours)
        ]
        note = self.tr("epoch {0}").format(counted(epochs[record])) if len(epochs) else ""
        self._legend.show_entries(entries, note)

    def _show_legend(self) -> None:
        first, second = QColor(self.theme.test), QColor(self.theme.train)
        weights = QColor(self.theme.accent)
        normed = self._flow is not None and bool(self._flow.normalised.any())
        if self._picture is Picture.DISTRIBUTION:
            entries = [
                Entry(first, self.tr("gradients"), self.tr("gradients")),
                Entry(second, self.tr("weights"), self.tr("weights")),
            ]
        else:
            entries = [
                Entry(first, self.tr("slopes and norm") if normed else self.tr("slopes: mean |f′|"), "|f′|"),
                Entry(weights, self.tr("weights above: ‖Wᵀδ‖ / ‖δ‖"), "Wᵀ"),
                Entry(QColor(self.theme.text), self.tr("δ: ratio to the layer above"), "δ"),
                Entry(QColor(self.theme.validation), self.tr("signal: spread of z to that below"), "z"),
            ]
        self._legend.show_entries(entries)

    def _caption(self) -> str:
        """What to look for."""
        words = {
            Picture.WATERFALL: self.tr(
                "Each row is a layer's gradient norm. Healthy: all rows alike. Darker towards layer 1: a vanishing gradient; "
                "brighter: an exploding one. Brown is 0."
            ),
            Picture.DISTRIBUTION: self.tr(
                "Healthy: the gradients of all layers are about as large. Decades further left towards layer 1: a vanishing "
                "gradient. Try ReLU, He's initial weights or normalisation."
            ),
            Picture.UPDATES: self.tr(
                "Healthy while learning: about 10⁻³ (band; Karpathy and Johnson, CS231n). Below, a layer hardly learns: raise "
                "the learning rate. Above, steps overshoot: lower it."
            ),
            Picture.FACTORS: self.tr(
                "What backpropagation multiplies the gradient by. Healthy: near × 1. All left of it: it vanishes; all right "
                "of it: it explodes. Try other initial weights."
            ),
        }
        caption = words[self.options.picture]
        return caption + (self._whose if self._picture is Picture.UPDATES else "")

    def _point_at_updates(self) -> None:
        self._updates.point_at(self._updates.record)
        self._draw_updates()


def _known(curves: Curves | None) -> tuple[Floats, Floats]:
    """Epochs (records,) and norms (records, layers) of the records that have a gradient."""
    if curves is None:
        return np.zeros(0), np.zeros((0, 0))
    known = np.isfinite(curves.gradient_norm).any(axis=1)
    return curves.epoch[known], curves.gradient_norm[known]
