"""A view of plots with a quiet line below that says what to look for, and a tag beside the mouse. Draws nothing itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtWidgets import QLabel, QSizePolicy

from playground.experiment.frame import Frame
from playground.ui.document import Document
from playground.ui.theme import GRID, Theme
from playground.ui.views.view import PlotView, Tag, quiet, small

NEAR = 1.5 * GRID  # pixels from the mouse within which a point is meant


class CaptionedView(PlotView):
    """What lies under the mouse, `told` says; it is asked again whenever the mouse moves or `tell_again` is called."""

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        font = small(self.font())
        self.caption = QLabel()
        self.caption.setObjectName(f"{self.name}.caption")
        self.caption.setProperty("role", "muted")
        self.caption.setFont(font)
        self.caption.setWordWrap(True)
        self.caption.setContentsMargins(GRID, 0, GRID, GRID // 2)
        wide = self.caption.sizePolicy()
        wide.setHorizontalPolicy(QSizePolicy.Policy.Ignored)  # a long line makes the view no wider
        self.caption.setSizePolicy(wide)
        self.rows.addWidget(self.caption)
        self._member = ""  # which of several is shown
        self._mouse: QPointF | None = None  # over the canvas, in its pixels
        self._tag = Tag(f"{self.name}.tag", self.canvas)
        self._tag.setFont(font)
        self.canvas.scene().sigMouseMoved.connect(self._point_at)
        self.canvas.viewport().installEventFilter(self)

    def told(self, mouse: QPointF) -> str:
        """What lies there; "" for nothing."""
        raise NotImplementedError

    def show_warning(self, warning: bool) -> None:
        """Let the line be a quiet one, or a remark."""
        self.caption.setProperty("role", "remark" if warning else "muted")
        self.caption.style().unpolish(self.caption)
        self.caption.style().polish(self.caption)

    def follow_member(self, frame: Frame) -> None:
        """Of several members, say below which one is shown."""
        members = frame.scene.members
        self._member = members[frame.member] if len(members) > 1 else ""

    def say(self, text: str) -> None:
        """Let the line below say this."""
        self.caption.setText(f"{text} " + self.tr("Shown is {0}.").format(self._member) if self._member else text)

    def tell_again(self) -> None:
        """After what is drawn has changed."""
        self._tag.tell("" if self._mouse is None else self.told(self._mouse), self._mouse or QPointF())

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self._tag.show_theme(theme)

    def new_plot(self) -> Any:
        """A plot of numbers that does not move under the mouse."""
        plot = pg.PlotItem()
        quiet(plot, small(self.font()))
        plot.vb.setMouseEnabled(False, False)
        return plot

    def _point_at(self, place: QPointF) -> None:
        self._mouse = place
        self.tell_again()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._mouse = None
            self.tell_again()
        return super().eventFilter(watched, event)


def nearest(plot: Any, x: NDArray[np.floating], y: NDArray[np.floating], mouse: QPointF) -> int:
    """Which of some points, (points,) each, lies under the mouse; -1 where none is near."""
    if not len(x) or not plot.vb.sceneBoundingRect().contains(mouse):
        return -1
    at, (wide, high) = plot.vb.mapSceneToView(mouse), plot.vb.viewPixelSize()
    distances = np.nan_to_num(np.hypot((x - at.x()) / wide, (y - at.y()) / high), nan=np.inf)
    best = int(distances.argmin())
    return best if distances[best] <= NEAR else -1
