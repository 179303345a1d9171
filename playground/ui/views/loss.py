"""The loss curves of each part, and the accuracies of a classification. Draws what a frame holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from PySide6.QtGui import QColor

from playground.data.dataset import Floats
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.options.numerals import counted, percent, written
from playground.ui.forms.segments import Segments
from playground.ui.plots.axes import show_bottom
from playground.ui.plots.break_line import Break
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.scale import Scale
from playground.ui.plots.spread import Spread, enclosed, quantiles
from playground.ui.plots.tag import Tag
from playground.ui.plots.thinning import picked
from playground.ui.theme import Theme, small
from playground.ui.viewing.view import PlotView
from playground.ui.workspace.document import Document


class Part(NamedTuple):
    """What is drawn of one part of the examples, all over the same records.

    `loss` (records,) is the median where the losses of each member are known, (records, members); their `band`
    (records, 3) is 10 %, median, 90 %. Else `members` and `band` have no columns, and of several members it is a mean.
    """

    name: str
    short: str
    loss: Floats
    accuracy: Floats
    members: Floats
    band: Floats


@dataclass(frozen=True)
class LossOptions:
    """How losses are drawn."""

    log: bool = False


class LossView(PlotView):
    """Loss above, accuracy below where there are classes; the row on top tells the values now, or under the mouse.

    Of several members each has a thin line, below the median and the band between 10 and 90 % of those that have not
    diverged; accuracies are means.
    """

    name = "loss"
    title = "Loss"
    needs = frozenset({Curves})
    shows = (Curves,)
    options = LossOptions()
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._curves: Curves | None = None
        self._members = 1
        self._standing = np.zeros(1, np.intp)  # members that have not diverged
        self._validated = False
        self._parts: list[Part] = []
        self._classes = False  # whether the accuracies are shown
        self._pointed = -1
        self._scale = Segments(
            "loss.scale",
            {
                "linear": (self.tr("linear"), self.tr("Draw the loss on a linear scale from 0.")),
                "log": (self.tr("log"), self.tr("Draw the loss on a logarithmic scale: equal steps are equal ratios.")),
            },
        )
        self._scale.chosen.connect(lambda scale: self.choose(log=scale == "log"))
        self.controls.addWidget(self._scale)
        self.controls.addStretch()
        font = small(self.font())
        self._legend = Legend(font)
        self._loss = CurvePlot(font)
        self._spreads = [Spread(self._loss), Spread(self._loss)]  # of the training part, and of what is held out
        self._accuracy = CurvePlot(font, suffix=" %", factor=100.0)
        self._break = Break(self._loss)
        self._loss.setLabel("left", self.tr("loss"))
        self._loss.setLabel("bottom", self.tr("epoch"))
        self._accuracy.setLabel("left", self.tr("accuracy"))
        self._accuracy.setLabel("bottom", self.tr("epoch"))
        self.canvas.addItem(self._legend, 0, 0)
        self.canvas.addItem(self._loss, 1, 0)
        self.canvas.ci.layout.setRowStretchFactor(1, 3)
        for plot in (self._loss, self._accuracy):
            plot.pointed.connect(self._point_at)
        self._tag = Tag("loss.tag", self.canvas)
        self._tag.setFont(font)
        self.show_choices()
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        if frame.curves is not None:
            self._members = len(frame.scene.members)
            self._standing = np.setdiff1d(np.arange(self._members), frame.diverged)
            self._curves = frame.curves if self._members == 1 else _thinned(frame.curves)
            if frame.scene.validated != self._validated:
                self._validated = frame.scene.validated
                self._dress()
            self._break.show_at(frame.comparable_from, frame.curves)
            self._show_accuracy(bool(frame.scene.classes))
            self._draw()

    def show_choices(self) -> None:
        self._log = self.options.log
        self._scale.show_value("log" if self._log else "linear")
        self._draw()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._break.show_theme(theme)
        self._dress()
        self._describe()

    def _dress(self) -> None:
        """Give each line its colour: training first, then what is held out."""
        theme = self.theme
        names = [theme.train, theme.validation, theme.test] if self._validated else [theme.train, theme.test]
        self._colours = [QColor(name) for name in names]
        for plot in (self._loss, self._accuracy):
            plot.show_colours(self._colours, theme)
        for spread, colour in zip(self._spreads, self._colours, strict=False):
            spread.show_colour(colour)

    def _draw(self) -> None:
        curves = self._curves
        if curves is None:
            return
        self._parts = parts = self._made_of(curves)
        losses = np.stack([part.loss for part in parts], axis=1)
        scale = self._scale_of(losses)
        self._loss.show_lines(curves.epoch, losses, scale)
        for spread, part in zip(self._spreads, parts, strict=False):
            spread.show_lines(curves.epoch, part.members, part.band, scale)
        if self._classes:
            shares = np.stack([part.accuracy for part in parts], axis=1)
            self._accuracy.show_lines(curves.epoch, shares, Scale.share(shares))
        self._describe()

    def _made_of(self, curves: Curves) -> list[Part]:
        """The parts that there are, as they follow each other in the legend."""
        rows = (
            (self.tr("training"), self.tr("train"), curves.train_loss, curves.train_accuracy),
            (self.tr("validation"), self.tr("val."), curves.validation_loss, curves.validation_accuracy),
            (self.tr("test"), self.tr("test"), curves.test_loss, curves.test_accuracy),
        )
        none = np.zeros((len(curves), 0))
        parts = [Part(*row, members=none, band=none) for row in rows]
        if not self._validated:
            del parts[1]
        if self._members > 1:
            for index, losses in enumerate((curves.train_losses, curves.held_out_losses)):
                band = quantiles(losses[:, self._standing])
                parts[index] = parts[index]._replace(loss=band[:, 1], members=losses, band=band)
        return parts

    def _scale_of(self, losses: Floats) -> Scale:
        """For lines (records, lines), and for those of the members, as far as they stay near the bands."""
        if self._members > 1:
            bands = np.hstack([part.band for part in self._parts])
            losses = enclosed(np.hstack([losses, *(part.members for part in self._parts)]), bands, self._log)
        return Scale.logarithmic(losses) if self._log else Scale.linear(losses)

    def _describe(self) -> None:
        """Tell the values of the record under the mouse, or of the last one."""
        curves = self._curves
        if curves is None or not len(curves):
            return
        pointed = 0 <= self._pointed < len(curves)
        index = self._pointed if pointed else len(curves) - 1
        epoch = self.tr("epoch {0}").format(counted(curves.epoch[index]))
        entries = [
            Entry(colour, part.name, part.short, written(part.loss[index]), _share(part.accuracy[index], "   "))
            for colour, part in zip(self._colours, self._parts, strict=True)
        ]
        self._legend.show_entries(entries, self.tr("median loss, {0}").format(epoch) if self._members > 1 else epoch)
        told = pointed and (self._members > 1 or self._validated)
        mouse = max(self._loss, self._accuracy, key=_record).mouse
        self._tag.tell(self._told(index, epoch) if told else "", mouse)

    def _told(self, index: int, epoch: str) -> str:
        """What the numbers of a record are, and those of each part in a line."""
        measures = self.tr("median loss (10–90 %)") if self._members > 1 else self.tr("loss")
        lines = [f"{epoch}: {measures}" + (self.tr(", accuracy") if self._classes else "")]
        for part in self._parts:
            line = f"{part.name} {written(part.loss[index])}"
            if part.band.size:
                low, _, high = map(written, part.band[index])
                line += f" ({low} – {high})"
            elif self._members > 1:
                line += self.tr(" on average")
            lines.append(line + _share(part.accuracy[index], ", "))
        return "\n".join(lines)

    def _show_accuracy(self, shown: bool) -> None:
        """Give the lower panel its place, or take it away: a number to predict has no accuracy."""
        if shown == self._classes:
            return
        self._classes = shown
        if shown:
            self.canvas.addItem(self._accuracy, 2, 0)
        else:
            self.canvas.removeItem(self._accuracy)
        self.canvas.ci.layout.setRowStretchFactor(2, 2 if shown else 0)
        show_bottom(self._loss, not shown)

    def _point_at(self) -> None:
        """Mark the record under the mouse on both plots, whichever it is over."""
        self._pointed = max(self._loss.record, self._accuracy.record)
        for plot in (self._loss, self._accuracy):
            plot.point_at(self._pointed)
        self._describe()


def _thinned(curves: Curves) -> Curves:
    """As many records as a plot has room for: what is worked out of many members is worked out for these alone."""
    rows = picked(len(curves))
    return replace(curves, **{name: array[rows] for name, array in vars(curves).items()})


def _share(share: float, before: str) -> str:
    return before + percent(share) if np.isfinite(share) else ""


def _record(plot: CurvePlot) -> int:
    return plot.record
