"""Mean and variance of a layer's rows over the epochs, before and after its normalization. Knows no frame."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QFont

from playground.experiment.history.layer_statistics import LayerStatistics
from playground.options.numerals import written
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.legend import Entry, Legend
from playground.ui.plots.scale import Floats, Scale
from playground.ui.theme import Theme

MOST_NAMES = 8  # in the legend; of more rows only the first and the last are named, as their colours follow a scale
PALE = 0.35  # opacity of what goes into the normalization
DUST = 1e-9  # share of the deviation below which a mean is a sum that should be 0


class StatisticsHistory(QObject):
    """Left the means, right the variances, one line a row; pale, where there is a normalization, what goes into it.

    The `legend` above them tells the numbers under the mouse, or else the last ones of the chosen row.
    """

    def __init__(self, font: QFont, parent: QObject) -> None:
        super().__init__(parent)
        self.legend = Legend(font)
        self.mean, self.variance = CurvePlot(font), CurvePlot(font)
        for plot, name in ((self.mean, self.tr("mean")), (self.variance, self.tr("variance"))):
            plot.setLabel("left", name)
            plot.setLabel("bottom", self.tr("epoch"))
            plot.pointed.connect(self._point)
        self._label = ""
        self._rows = self._chosen = 0
        self._colours: list[QColor] = []  # of what comes out, then of what goes in
        self._epochs: Floats = np.zeros(0)
        self._numbers = np.zeros((2, 0, 0))  # (mean or variance, records, lines)

    def show_layer(self, layer_statistics: LayerStatistics, layer: int, chosen: int, label: str, theme: Theme) -> None:
        """Draw one layer's rows; `label` is that of its normalization, or "" where it has none."""
        rows, own = layer_statistics.rows[layer], layer_statistics.rows_of(layer)
        if (rows, bool(label)) != (self._rows, bool(self._label)):
            self._rows, self._label = rows, label
            self.show_theme(theme)
        sides = (1, 0) if label else (1,)
        mean, variance = (
            np.hstack([each[side, :, own] for side in sides])
            for each in (layer_statistics.mean, layer_statistics.variance)
        )
        with np.errstate(invalid="ignore"):
            mean = np.where(np.abs(mean) < DUST * np.sqrt(variance), 0.0, mean)
        self._epochs, self._numbers = layer_statistics.epoch, np.stack([mean, variance])
        self._chosen = min(chosen, rows - 1)
        self.mean.show_lines(layer_statistics.epoch, mean, Scale.around_zero(mean))
        self.variance.show_lines(layer_statistics.epoch, variance, Scale.logarithmic(variance))
        self._tell()

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self._colours = theme.layer_colours(self._rows)
        if self._label:
            pale = [QColor(colour) for colour in self._colours]
            for colour in pale:
                colour.setAlphaF(PALE)
            self._colours += pale
        for plot in (self.mean, self.variance):
            plot.show_colours(self._colours, theme)

    def _tell(self) -> None:
        """Which line is which, or the numbers under the mouse."""
        if not len(self._epochs):
            return
        record, line = self._pointed
        pointed = 0 <= record < len(self._epochs) and 0 <= line < len(self._colours)
        if not pointed:
            record, line = len(self._epochs) - 1, self._chosen
        mean, variance = (written(value).replace("-", "−") for value in self._numbers[:, record, line])
        note = self.tr("{0}: mean {1}, variance {2}").format(self._name(line), mean, variance)
        if pointed:
            note = f"{self.tr('epoch')} {self._epochs[record]:,.0f}   {note}"
        shown = range(self._rows) if self._rows <= MOST_NAMES else (0, self._rows - 1)
        self.legend.show_entries([Entry(self._colours[row], self._name(row), str(row + 1)) for row in shown], note)

    def _name(self, line: int) -> str:
        row = self.tr("unit {0}").format(line % self._rows + 1)
        return self.tr("{0} before {1}").format(row, self._label) if line >= self._rows else row

    @property
    def _pointed(self) -> tuple[int, int]:
        """Record and line under the mouse; −1 where there is none."""
        return max((plot.record, plot.line) for plot in (self.mean, self.variance))

    def _point(self) -> None:
        record, _ = self._pointed
        for plot in (self.mean, self.variance):
            plot.point_at(record)
        self._tell()
