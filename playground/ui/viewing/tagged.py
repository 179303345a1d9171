"""A view of plots with a tag beside the mouse, and which of some points the mouse means. Draws nothing itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF

from playground.ui.plots.tag import Tag
from playground.ui.theme import Theme
from playground.ui.viewing.view import PlotView
from playground.ui.workspace.document import Document


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
