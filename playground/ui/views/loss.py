"""The loss curves, training and test, and the accuracies of a classification. Draws what a frame holds."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor

from playground.experiment.config import Config
from playground.experiment.frame import CURVES, Curves, Frame
from playground.ui.document import Document
from playground.ui.theme import Theme
from playground.ui.views.curve import CurvePlot, Scale, written
from playground.ui.views.view import Entry, Legend, PlotView, Segments, show_bottom, small


class LossView(PlotView):
    """Loss above, accuracy below where there are classes; the row on top tells the values now, or under the mouse."""

    name = "loss"
    title = "Loss"
    needs = frozenset({CURVES})
    takes_turns = True

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._curves: Curves | None = None
        self._classes = False  # whether the accuracies are shown
        self._pointed = -1
        self._scale = Segments(
            "loss.scale",
            {
                "linear": (self.tr("linear"), self.tr("Draw the loss on a linear scale from 0.")),
                "log": (self.tr("log"), self.tr("Draw the loss on a logarithmic scale: equal steps are equal ratios.")),
            },
        )
        self._scale.chosen.connect(self._choose_scale)
        self.controls.addWidget(self._scale)
        self.controls.addStretch()
        font = small(self.font())
        self._legend = Legend(font)
        self._loss = CurvePlot(font)
        self._accuracy = CurvePlot(font, suffix=" %", factor=100.0)
        self._loss.setLabel("left", self.tr("loss"))
        self._loss.setLabel("bottom", self.tr("epoch"))
        self._accuracy.setLabel("left", self.tr("accuracy"))
        self._accuracy.setLabel("bottom", self.tr("epoch"))
        self.canvas.addItem(self._legend, 0, 0)
        self.canvas.addItem(self._loss, 1, 0)
        self.canvas.ci.layout.setRowStretchFactor(1, 3)
        for plot in (self._loss, self._accuracy):
            plot.pointed.connect(self._point_at)
        self.show_config(document.config)
        self.show_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        if frame.curves is not None:
            self._curves = frame.curves
            self._show_accuracy(bool(frame.scene.classes))
            self._draw()

    def show_config(self, config: Config) -> None:
        self._log = config.display.log_loss
        self._scale.show_value("log" if self._log else "linear")
        self._draw()

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._colours = [QColor(theme.train), QColor(theme.test)]
        self._scale.show_theme(theme)
        self._legend.show_theme(theme)
        for plot in (self._loss, self._accuracy):
            plot.show_colours(self._colours, theme)
        self._describe()

    def _draw(self) -> None:
        curves = self._curves
        if curves is None:
            return
        losses = np.stack([curves.train_loss, curves.test_loss], axis=1)
        self._loss.show_lines(curves.epoch, losses, Scale.logarithmic(losses) if self._log else Scale.linear(losses))
        if self._classes:
            shares = np.stack([curves.train_accuracy, curves.test_accuracy], axis=1)
            self._accuracy.show_lines(curves.epoch, shares, Scale.share(shares))
        self._describe()

    def _describe(self) -> None:
        """Tell the values of the record under the mouse, or of the last one."""
        curves = self._curves
        if curves is None or not len(curves):
            return
        index = self._pointed if 0 <= self._pointed < len(curves) else len(curves) - 1
        parts = [
            (self.tr("training"), self.tr("train"), curves.train_loss[index], curves.train_accuracy[index]),
            (self.tr("test"), self.tr("test"), curves.test_loss[index], curves.test_accuracy[index]),
        ]
        entries = [
            Entry(colour, name, short, written(loss) + (f"   {100.0 * share:.1f} %" if np.isfinite(share) else ""))
            for colour, (name, short, loss, share) in zip(self._colours, parts, strict=True)
        ]
        self._legend.show_entries(entries, self.tr("epoch {0}").format(f"{curves.epoch[index]:,.6g}"))

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

    def _choose_scale(self, value: str) -> None:
        label = self.tr("Logarithmic loss") if value == "log" else self.tr("Linear loss")
        self.document.set("display.log_loss", value == "log", label)
