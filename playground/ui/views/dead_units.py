"""The census of dead units: how many there are, when each died, and whether it came back. Draws what a frame holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QLabel

from playground.experiment.frame import Frame
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.dead_units import Death, deaths
from playground.options.layers import layer_name, short_layer_name
from playground.options.numerals import percent
from playground.ui.plots.axes import EpochAxis, colour_axes, quiet
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.scale import Scale
from playground.ui.theme import GRID, Theme, small
from playground.ui.viewing.captioned import CaptionedView
from playground.ui.words import said
from playground.ui.workspace.document import Document

ALIVE = 0.45  # how much of its layer's colour a living unit has


class DeadUnitsView(CaptionedView):
    """Left the share of each layer's units that is dead, right every unit's life, both over epochs; above, in words."""

    name = "dead_units"
    title = "Dead units"
    needs = frozenset({LayerStatistics})
    shows = (LayerStatistics,)
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._layer_statistics: LayerStatistics | None = None
        self._deaths: list[Death] = []
        self._colours: list[QColor] = []
        font = small(self.font())
        self.sentence = QLabel()
        self.sentence.setObjectName("dead_units.sentence")
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.sentence.setFixedHeight(2 * self.sentence.fontMetrics().lineSpacing())
        self.controls.addWidget(self.sentence)
        self._legend, self._told = Legend(font), Legend(font)
        self._shares = CurvePlot(font, suffix=" %", factor=100.0)
        self._shares.setLabel("left", self.tr("dead"))
        self._shares.setLabel("bottom", self.tr("epoch"))
        self._shares.getAxis("left").setTicks([[(share, percent(share, 0)) for share in (0.0, 0.5, 1.0)]])
        self._shares.pointed.connect(self._point_at_record)
        self._lives = LifePlot(font)
        self._lives.setLabel("bottom", self.tr("epoch"))
        self._lives.pointed.connect(self._tell)
        for column, (legend, plot) in enumerate(((self._legend, self._shares), (self._told, self._lives))):
            self.canvas.addItem(legend, 0, column)
            self.canvas.addItem(plot, 1, column)
            self.canvas.ci.layout.setColumnStretchFactor(column, 2 + column)
        self.canvas.ci.layout.setHorizontalSpacing(2 * GRID)
        self._frame: Frame | None = None
        self.canvas.scene().sigMouseClicked.connect(self._choose)
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        layer_statistics = frame.look(LayerStatistics)
        if layer_statistics is None:
            return
        self._frame = frame
        self._layer_statistics, self._deaths = layer_statistics, deaths(layer_statistics)
        meaning = self.tr(
            "Each row is a unit, dark while it is dead: 0 for every training example, with slope 0, so that no gradient can "
            "bring it back. Healthy: none. Try a lower learning rate or leaky ReLU."
        )
        self.caption.say(meaning + self.of_the_first(frame))
        if len(layer_statistics.units) != len(self._colours):
            self._dress()
        self._shares.show_lines(layer_statistics.epoch, layer_statistics.dead, Scale(0.0, 1.0, False))
        self._lives.show_lives(layer_statistics, [self._short(layer) for layer in range(len(layer_statistics.units))])
        self.show_choices()
        words = self.words()
        self.sentence.setText(words)
        self.sentence.setToolTip(words)
        self._tell()

    def told(self, mouse: QPointF) -> str:
        return ""  # the legends tell it

    def show_choices(self) -> None:
        if self._frame is not None and self._layer_statistics is not None:
            selection = self._frame.within(self.document.selection)
            self._lives.mark(sum(self._layer_statistics.units[: selection.layer]) + selection.unit)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._dress()
        self._tell()

    def words(self) -> str:
        """What has happened to each layer's units, in sentences."""
        layer_statistics = self._layer_statistics
        if layer_statistics is None:
            return ""
        told = [self._layer_words(layer) for layer in sorted({death.layer for death in self._deaths})]
        return " ".join(told) or self.tr("No unit has died: each puts out something for some example.")

    def _layer_words(self, layer: int) -> str:
        assert self._layer_statistics is not None
        own = [death for death in self._deaths if death.layer == layer]
        since = [death.since for death in own if death.until is None]
        back = {death.unit: death.until for death in own if death.until is not None}
        count = self._layer_statistics.units[layer]
        if since:
            number = self.tr("all {1} units dead") if len(since) == count else self.tr("{0} of {1} units dead")
            number = number if count > 1 else self.tr("its only unit is dead")
            text = number.format(len(since), count) + ", "
            first, last = f"{min(since):,.0f}", f"{max(since):,.0f}"
            text += self.tr("since epoch {0}") if first == last else self.tr("since epochs {0} to {1}")
            text = text.format(first, last)
        else:
            text = self.tr("no unit is dead now")
        if back:
            returns = self.tr("one came back at {1}") if len(back) == 1 else self.tr("{0} came back, the last at {1}")
            text += "; " + returns.format(len(back), f"{max(back.values()):,.0f}")
        name = said(layer_name(layer, len(self._layer_statistics.units)))
        return f"{name[:1].upper()}{name[1:]}: {text}."

    def _dress(self) -> None:
        layers = len(self._layer_statistics.units) if self._layer_statistics else 0
        self._colours = self.theme.layer_colours(layers)
        self._shares.show_colours(self._colours, self.theme)
        self._lives.show_colours(self._colours, self.theme)

    def _tell(self) -> None:
        """The shares of the record under the mouse or of now; and what became of the unit under the mouse."""
        layer_statistics = self._layer_statistics
        if layer_statistics is None or not len(layer_statistics.epoch):
            return
        record = (
            self._shares.record
            if 0 <= self._shares.record < len(layer_statistics.epoch)
            else len(layer_statistics.epoch) - 1
        )
        shares = layer_statistics.dead[record]
        self._legend.show_entries(
            [
                Entry(colour, self._short(layer), self._short(layer), percent(shares[layer], 0))
                for layer, colour in enumerate(self._colours)
            ]
        )
        unit = self._lives.unit
        self._told.show_entries([], self._life(unit) if 0 <= unit < sum(layer_statistics.units) else "")

    def _life(self, index: int) -> str:
        """Of a unit, counted through all layers, when it died and came back."""
        assert self._layer_statistics is not None
        layer, unit = self._place(index)
        name = said(layer_name(layer, len(self._layer_statistics.units))) + ", " + self.tr("unit {0}").format(unit + 1)
        own = [death for death in self._deaths if (death.layer, death.unit) == (layer, unit)]
        spans = [
            self.tr("dead since {0}").format(f"{death.since:,.0f}")
            if death.until is None
            else self.tr("dead from {0} to {1}").format(f"{death.since:,.0f}", f"{death.until:,.0f}")
            for death in own
        ]
        return f"{name}: " + (", ".join(spans[-2:]) or self.tr("alive"))

    def _place(self, index: int) -> tuple[int, int]:
        """Layer and unit of a unit that is counted through all layers."""
        assert self._layer_statistics is not None
        layer, unit = 0, index
        while unit >= self._layer_statistics.units[layer]:
            unit -= self._layer_statistics.units[layer]
            layer += 1
        return layer, unit

    def _choose(self, event: Any) -> None:
        """Look closely at the unit whose row was clicked."""
        index = self._lives.unit_at(event.scenePos())
        if self._layer_statistics is not None and 0 <= index < sum(self._layer_statistics.units):
            layer, unit = self._place(index)
            self.document.select(layer=layer, unit=unit)

    def _short(self, layer: int) -> str:
        return said(short_layer_name(layer, len(self._layer_statistics.units))) if self._layer_statistics else ""

    def _point_at_record(self) -> None:
        self._shares.point_at(self._shares.record)
        self._tell()


class LifePlot(pg.PlotItem):  # type: ignore[misc]
    """One row a unit over epochs, the first layer on top: pale in its layer's colour while it lives, in the
    colour of text while it is dead. The unit that is looked at has a frame.

    `pointed` says that the mouse is over another `unit`, counted through all layers; it is -1 when it has left.
    """

    pointed = Signal()

    def __init__(self, font: QFont) -> None:
        super().__init__(axisItems={"bottom": EpochAxis("bottom")}, enableMenu=False)
        quiet(self, font)
        self.vb.setMouseEnabled(False, False)
        self.vb.invertY(True)
        self.getAxis("left").setGrid(False)
        self.getAxis("left").setWidth(4 * GRID)
        self._picture = pg.ImageItem(axisOrder="row-major")
        self._borders = pg.PlotCurveItem(connect="pairs")
        self._mark = pg.PlotCurveItem()
        for item in (self._picture, self._borders, self._mark):
            self.addItem(item, ignoreBounds=True)
        self._layer_statistics: LayerStatistics | None = None
        self._alive = np.zeros((0, 3))
        self._dead = np.zeros(3)
        self.unit = -1

    def show_lives(self, layer_statistics: LayerStatistics, names: list[str]) -> None:
        """Draw these, with a name for each layer."""
        self._layer_statistics = layer_statistics
        ends = np.cumsum([0, *layer_statistics.units])
        self.getAxis("left").setTicks([list(zip((ends[:-1] + ends[1:]) / 2.0, names, strict=True))])
        last = max(float(layer_statistics.epoch[-1]), 1.0) if len(layer_statistics.epoch) else 1.0
        every = float(layer_statistics.epoch[1] - layer_statistics.epoch[0]) if len(layer_statistics.epoch) > 1 else 1.0
        self._colour()  # first, for the rectangle to fit it
        self._picture.setRect(QRectF(-every / 2.0, 0.0, every * max(len(layer_statistics.epoch), 1), float(ends[-1])))
        inner = ends[1:-1].astype(float)
        self._borders.setData(np.tile([0.0, last], len(inner)), np.repeat(inner, 2))
        self.vb.setRange(xRange=(0.0, last), yRange=(0.0, float(ends[-1])), padding=0.0, disableAutoRange=True)

    def mark(self, unit: int) -> None:
        """Frame this unit's row, counted through all layers."""
        first, last = self.vb.viewRange()[0]
        self._mark.setData([first, last, last, first, first], [unit, unit, unit + 1, unit + 1, unit])

    def unit_at(self, place: QPointF) -> int:
        """The unit whose row lies at a place of the scene; -1 where none does."""
        inside = self.vb.sceneBoundingRect().contains(place)
        return int(self.vb.mapSceneToView(place).y()) if inside else -1

    def show_colours(self, colours: list[QColor], theme: Theme) -> None:
        """One colour a layer."""
        colour_axes(self, theme)
        ground = np.array(QColor(theme.base).getRgb()[:3])  # type: ignore[index]
        full = np.array([colour.getRgb()[:3] for colour in colours]).reshape(-1, 3)  # type: ignore[index]
        self._alive = ground + ALIVE * (full - ground)
        self._dead = np.array(QColor(theme.text).getRgb()[:3])  # type: ignore[index]
        self._borders.setPen(pg.mkPen(theme.base, width=2))
        self._mark.setPen(pg.mkPen(theme.accent, width=2))
        self._colour()

    def _colour(self) -> None:
        layer_statistics = self._layer_statistics
        if layer_statistics is not None and len(self._alive) == len(layer_statistics.units):
            alive = np.repeat(self._alive, layer_statistics.units, axis=0)[:, None]  # (units, 1, 3)
            pixels = np.where(layer_statistics.unit_dead.T[..., None], self._dead, alive)
            self._picture.setImage(pixels.astype(np.uint8), levels=None, autoLevels=False)

    def hoverEvent(self, ev: Any) -> None:
        self.unit = -1 if ev.isExit() else self.unit_at(ev.scenePos())
        self.pointed.emit()
