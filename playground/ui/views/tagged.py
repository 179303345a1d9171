"""A view of plots with a tag beside the mouse, and which of some points the mouse means. Draws nothing itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF

from playground.ui.document import Document
from playground.ui.theme import GRID, Theme
from playground.ui.views.view import PlotView, Tag

NEAR = 1.5 * GRID  # pixels from the mouse within which a point is meant


class TaggedView(PlotView):
    """What lies under the mouse, `told` says; it is asked again whenever the mouse moves or `tell_again` is called."""

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._mouse: QPointF | None = None  # over the canvas, in its pixels
        self._tag = Tag(f"{self.name}.tag", self.canvas)
        self.canvas.scene().sigMouseMoved.connect(self._point_at)
        self.canvas.viewport().installEventFilter(self)

    def told(self, mouse: QPointF) -> str:
        """What lies there; "" for nothing."""
        raise NotImplementedError

    def tell_again(self) -> None:
        """After what is drawn has changed."""
        self._tag.tell("" if self._mouse is None else self.told(self._mouse), self._mouse or QPointF())

    def _point_at(self, place: QPointF) -> None:
        self._mouse = place
        self.tell_again()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._mouse = None
            self.tell_again()
        return super().eventFilter(watched, event)


def nearest(plot: Any, x: NDArray[np.floating], y: NDArray[np.floating], mouse: QPointF) -> int:
    """Which of some points, (points,) each, lies under the mouse in a NumberPlot; -1 where none is near."""
    if not len(x) or not plot.vb.sceneBoundingRect().contains(mouse):
        return -1
    x, y = plot.places(x, y)
    at, (wide, high) = plot.vb.mapSceneToView(mouse), plot.vb.viewPixelSize()
    distances = np.nan_to_num(np.hypot((x - at.x()) / wide, (y - at.y()) / high), nan=np.inf)
    best = int(distances.argmin())
    return best if distances[best] <= NEAR else -1
