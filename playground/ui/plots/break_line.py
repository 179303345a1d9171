"""A line across a plot over epochs, from which on losses say something else than before."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from playground.experiment.history.curves import Curves
from playground.ui.plots.curve import CurvePlot
from playground.ui.theme import Theme


class Break(pg.InfiniteLine):  # type: ignore[misc]
    """Stands where a weight was set by hand or another loss was taken, the last time that was so."""

    def __init__(self, plot: CurvePlot) -> None:
        super().__init__(angle=90)
        self.setToolTip(self.tr("Here a weight was set by hand, or another loss was taken."))
        self.hide()
        plot.addItem(self, ignoreBounds=True)

    def show_at(self, step: int, curves: Curves) -> None:
        """Stand at this step of the history; 0 is nowhere."""
        self.setVisible(step > 0)
        self.setPos(float(np.interp(step, curves.step, curves.epoch)))

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self.setPen(pg.mkPen(theme.muted, style=Qt.PenStyle.DashLine))
