"""What normalization makes of a layer's values, and how far dropout's networks differ. Draws what a frame holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from playground.data.dataset import Floats
from playground.experiment.frame import Frame
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.mc_dropout import CELLS, MASKS, MCDropout
from playground.experiment.looks.normalization import Normalized
from playground.experiment.scene import Scene
from playground.options.layers import layer_name
from playground.options.numerals import trimmed, written
from playground.ui.forms.caption import Caption
from playground.ui.forms.segments import Segments
from playground.ui.plots.axes import LEFT_AXIS, colour_axes
from playground.ui.plots.heat_map import shades, steady_top
from playground.ui.plots.key import Key
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.normalization_history import StatisticsHistory
from playground.ui.plots.scale import Scale
from playground.ui.plots.units_plot import UnitsPlot
from playground.ui.theme import GRID, Theme, small
from playground.ui.viewing.captioned import CaptionedView
from playground.ui.viewing.unit_picker import UnitPicker
from playground.ui.words import said
from playground.ui.workspace.document import Document


class Period(Enum):
    """Of when values are drawn."""

    NOW = "now"
    OVER_TIME = "over_time"


@dataclass(frozen=True)
class NormalizationOptions:
    """How the values of a layer are drawn."""

    period: Period = Period.NOW


class NormalizationView(CaptionedView):
    """Left what goes into the normalization, beside it what comes out, unit by unit; with dropout a map to the right.

    Each histogram stands on its unit, with mean and deviation as a dot on a bar. Beside them, left: what is used when
    testing, and the means of single mini-batches; right: β and γ, which the mean and deviation are to be. Over time,
    instead, mean and variance of each unit at the ends of epochs.
    """

    name = "normalization"
    title = "Normalisation"
    needs = frozenset({Normalized, MCDropout, LayerStatistics})
    shows = (Normalized, MCDropout)
    options = NormalizationOptions()
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._look: Normalized | None = None
        self._mc_dropout: MCDropout | None = None
        self._layer_statistics: LayerStatistics | None = None
        self._whose = ""  # layer statistics these are
        self._scene: Scene | None = None
        self._top = 0.0  # of the map's colours
        font = small(self.font())
        self._picker = UnitPicker("normalization", document)
        self._period = Segments(
            "normalization.period",
            {
                Period.NOW: (self.tr("now"), self.tr("How each unit's values are spread over the examples now.")),
                Period.OVER_TIME: (
                    self.tr("over time"),
                    self.tr("Mean and variance of each unit at the ends of epochs."),
                ),
            },
        )
        self._period.chosen.connect(lambda period: self.choose(period=period))
        self.controls.addWidget(self._period)
        self.controls.addWidget(self._picker)
        self.controls.addStretch()
        self._sentence = Caption("normalization.sentence", font)
        self._sentence.setProperty("role", "")
        self._sentence.setMinimumHeight(2 * self._sentence.fontMetrics().height() + GRID // 2)  # so that nothing moves
        self.rows.insertWidget(1, self._sentence)
        self.canvas.setMinimumHeight(15 * GRID)
        self._before, self._after = UnitsPlot(font), UnitsPlot(font)
        self._after.setXLink(self._before)
        self._legends = [Legend(font), Legend(font)]
        self._history = StatisticsHistory(font, self)
        self._key = Key(font)
        self._map = self.new_plot()
        self._map.getAxis("left").setGrid(False)
        self._map.getAxis("left").setWidth(LEFT_AXIS)
        self._image = pg.ImageItem(axisOrder="row-major")
        self._map.addItem(self._image, ignoreBounds=True)
        self.canvas.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.canvas.ci.layout.setHorizontalSpacing(GRID)
        for plot in (self._before, self._after):
            plot.setLabel("bottom", self.tr("unit"))
        self.canvas.scene().sigMouseClicked.connect(self._choose_unit)
        self._laid_out: tuple[bool, bool, bool] | None = (
            None  # whether over time; if anything comes out; if there is a map
        )
        self.show_choices()
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        look = frame.look(Normalized)
        if look is None:
            return
        self._look, self._mc_dropout, self._scene = look, frame.look(MCDropout), frame.scene
        self._layer_statistics, self._whose = frame.look(LayerStatistics), self.of_the_first(frame)
        self._picker.show_frame(frame)
        self.follow_member(frame)
        self._draw()

    def show_choices(self) -> None:
        self._picker.show_selection()
        self._period.show_value(self.options.period)
        self._draw()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._history.show_theme(theme)
        colours = QColor(theme.train), QColor(theme.test)
        for plot in (self._before, self._after):
            plot.show_colours(*colours, theme)
        colour_axes(self._map, theme)
        self._draw()

    def told(self, mouse: QPointF) -> str:
        look, mc_dropout, scene = self._look, self._mc_dropout, self._scene
        if look is None or scene is None or self._over_time:
            return ""
        if mc_dropout is not None and self._map.vb.sceneBoundingRect().contains(mouse):
            (x, y), (x_low, x_high, y_low, y_high) = self._map.numbers_at(mouse), scene.extent
            column, row = (x - x_low) / (x_high - x_low) * CELLS, (y - y_low) / (y_high - y_low) * CELLS
            if not (0 <= column < CELLS and 0 <= row < CELLS):
                return ""
            words = self.tr("standard deviation {0} over {1} masks")
            return words.format(trimmed(mc_dropout.deviation[int(row), int(column)]), MASKS)
        unit = self._unit_at(mouse)
        return "" if unit is None else self._numbers(look, unit)

    def _unit_at(self, place: QPointF) -> int | None:
        """The nearest unit to a place of the plots; None outside them."""
        if self._look is None or self._over_time:
            return None
        units = [plot.unit_at(place) for plot in (self._before, self._after) if plot.scene() is not None]
        return next((min(max(unit, 0), _rows(self._look) - 1) for unit in units if unit is not None), None)

    def _choose_unit(self, event: Any) -> None:
        """Look closely at the unit that was clicked."""
        unit = self._unit_at(event.scenePos())
        if unit is not None and self._look is not None:
            self._picker.choose(self._look.layer, unit)

    # What is said

    def _tell(self) -> None:
        """What the layer has, or how it could have one; and what to look for."""
        look = self._look
        if look is None:
            return
        self._sentence.setVisible(not self._over_time)
        if self._over_time:
            words = self.tr(
                "Mean and variance of each unit. Healthy: steady. Where lines wander or part, try batch norm."
            )
            if look.after is not None:
                words = self.tr(
                    "Pale: what comes in. Strong: what goes out, with mean β and variance γ², which are learnt. Healthy: steady."
                )
            self.caption.say(words + self._whose)
            return
        doubt = self.tr(
            " Bright: the answer depends on which units dropout switches off, now those pale in the network."
        )
        self.say(self._advice(look) + (doubt if self._mc_dropout is not None else ""))
        name = said(layer_name(look.layer, look.last + 1)).capitalize()
        if look.after is not None:
            unit = min(self._picker.place[1], _rows(look) - 1)
            lines = [f"{name}, {look.label}.", *self._numbers(look, unit).split("\n")]
            text = "   ".join(lines)
        elif look.layer == look.last:
            text = self.tr("{0} has no normalisation: its values are the answer.").format(name)
        else:
            text = self.tr(
                "{0} has no normalisation. To add one, click its name above its units in the network and choose batch norm."
            )
            text = text.format(name)
        self._sentence.say(text)

    def _advice(self, look: Normalized) -> str:
        if look.after is None:
            return self.tr(
                "Healthy: means near 0 and equal spreads. Where they lie apart or wander, try batch norm or layer norm."
            )
        if look.running_mean is not None and look.batch == 1:
            return self.tr(
                "Shown for all examples together. In mini-batches of 1 each is its own mean, so only β comes out: take larger ones."
            )
        return self.tr(look.advice)

    def _numbers(self, look: Normalized, unit: int) -> str:
        """All that is known of a unit."""

        def pair(mean: Floats, deviation: Floats) -> str:
            rounded = 0.0 if abs(mean[unit]) < 1e-9 * deviation[unit] else mean[unit]  # dust of a sum that is 0
            return f"{written(rounded)} ± {written(deviation[unit])}"

        lines = [self.tr("Unit {0} in: {1}").format(unit + 1, pair(look.before.mean, look.before.deviation))]
        if look.running_mean is not None and look.running_deviation is not None:
            lines.append(self.tr("running {0}").format(pair(look.running_mean, look.running_deviation)))
        if look.after is not None and look.gain is not None and look.shift is not None:
            lines.append(f"γ {written(look.gain[unit])}   β {written(look.shift[unit])}")
            lines.append(self.tr("out: {0}").format(pair(look.after.mean, look.after.deviation)))
        return "\n".join(lines)

    # What is drawn

    def _draw(self) -> None:
        look = self._look
        if look is None:
            return
        self._tell()
        self._lay_out(look.after is not None, self._mc_dropout is not None)
        if self._over_time:
            self._draw_history(look)
            return
        running = look.running_mean, look.running_deviation
        self._before.show_values(look.before, *running, look.batch_means)
        if look.after is not None:
            spread = None if look.gain is None else np.abs(look.gain)
            # Where mean and deviation are made over units, those of one unit are not to be β and γ.
            beside = (look.shift, spread) if look.running_mean is not None else (None, None)
            self._after.show_values(look.after, *beside, np.zeros((_rows(look), 0)))
        for plot in (self._before, self._after):
            plot.mark(self._picker.place[1])
        self._show_legends(look)
        if self._mc_dropout is not None and self._scene is not None:
            self._draw_map(self._mc_dropout, self._scene)
        self.tell_again()

    def _draw_history(self, look: Normalized) -> None:
        if self._layer_statistics is None or look.layer >= len(self._layer_statistics.rows):
            return
        label = look.label if look.after is not None else ""
        self._history.show_layer(self._layer_statistics, look.layer, self._picker.place[1], label, self.theme)

    def _show_legends(self, look: Normalized) -> None:
        own, other = QColor(self.theme.train), QColor(self.theme.test)
        what = self.tr("activation") if look.on_activations else self.tr("pre-activation")
        before = [Entry(own, self.tr("{0}, all examples").format(what), self.tr("in"))]
        if look.running_mean is not None:
            before.append(Entry(other, self.tr("running, for testing"), self.tr("running")))
        before.append(Entry(QColor(self.theme.muted), self.tr("means of mini-batches"), self.tr("batches")))
        more = look.rows - _rows(look)
        self._legends[0].show_entries(before, self.tr("+{0} more").format(more) if more else "")
        after = [Entry(own, self.tr("what comes out"), self.tr("out"))]
        if look.running_mean is not None:
            after.append(Entry(other, "β ± γ", "β ± γ"))
        self._legends[1].show_entries(after)

    def _draw_map(self, mc_dropout: MCDropout, scene: Scene) -> None:
        self._top = steady_top(mc_dropout.deviation, self._top)
        table = self.theme.spread_table()
        levels = shades(mc_dropout.deviation, (0.0, self._top)).astype(np.uint8)
        self._image.setImage(levels, levels=(0.0, 256.0), lut=table, autoLevels=False)
        across, up = (Scale.within(np.array(ends)) for ends in (scene.extent[:2], scene.extent[2:]))
        (x_low, x_high), (y_low, y_high) = across.ends, up.ends
        self._image.setRect(QRectF(x_low, y_low, x_high - x_low, y_high - y_low))
        self._map.vb.setAspectLocked(across == up)
        self._map.show_scales(across, up)
        self._map.setLabel("bottom", scene.columns[scene.axes[0]])
        self._map.setLabel("left", scene.columns[scene.axes[1]])
        self._key.show_bar(self.tr("spread"), (0.0, self._top), table, ())

    # Construction

    def _lay_out(self, after: bool, with_map: bool) -> None:
        """Make room for what there is."""
        wanted = self._over_time, after, with_map
        if self._laid_out == wanted:
            return
        self._laid_out = wanted
        canvas = self.canvas
        canvas.clear()
        if self._over_time:
            canvas.addItem(self._history.legend, 0, 0, 1, 2)
            canvas.addItem(self._history.mean, 1, 0)
            canvas.addItem(self._history.variance, 1, 1)
            self._stretch((0, 1), (1, 1, 0))
            return
        columns = [(self._legends[0], self._before)]
        if after:
            columns.append((self._legends[1], self._after))
        if with_map:
            columns.append((self._key, self._map))
        for column, (top, plot) in enumerate(columns):
            canvas.addItem(top, 0, column)
            canvas.addItem(plot, 1, column)
        self._stretch((0, 1), (3, 3 if after else 2 * with_map, 2 * (after and with_map)))

    @property
    def _over_time(self) -> bool:
        return self.options.period is Period.OVER_TIME

    def _stretch(self, rows: tuple[int, ...], columns: tuple[int, ...]) -> None:
        """Share the canvas out."""
        canvas, layout = self.canvas, self.canvas.ci.layout
        for row, stretch in enumerate(rows):
            layout.setRowStretchFactor(row, stretch)
        for column, stretch in enumerate(columns):
            layout.setColumnStretchFactor(column, stretch)
        # WORKAROUND Qt: a layout that has lost items shrinks what it lies in, which pyqtgraph sizes at a resize only.
        canvas.ci.setGeometry(QRectF(canvas.viewport().rect()))


def _rows(look: Normalized) -> int:
    return len(look.before.mean)
