"""What of the window can be seen: which views a frame is drawn by, and what it must hold for them. Knows no view's inside."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from playground.experiment.looks.look import Requests
from playground.ui.viewing.view import View


class VisibleViews:
    """The network's diagram and the other views of a window; of these more may come to the list."""

    def __init__(self, window: QWidget, diagram: View, views: list[View]) -> None:
        self._window, self._diagram, self._views = window, diagram, views
        self._turn = 0

    @property
    def seen(self) -> list[View]:
        """Those of which a part at least is in sight."""
        return [view for view in (self._diagram, *self._views) if not view.visibleRegion().isEmpty()]

    @property
    def needs(self) -> Requests:
        """What a frame must hold for all that is seen."""
        return frozenset().union(*(view.needs for view in self.seen))

    def due(self, running: bool) -> list[View]:
        """The views to draw now: what can be seen, and while training only one of those that take turns."""
        seen = self.seen
        waiting = [view for view in seen if view.takes_turns]
        if not running or len(waiting) < 2:
            return seen
        self._turn += 1
        chosen = waiting[self._turn % len(waiting)]
        return [view for view in seen if view is chosen or not view.takes_turns]

    def paint(self) -> None:
        """Paint while the trainer waits at its gate, and not when it competes for the interpreter again."""
        for view in self._views:
            # A scene collects its changes in a call that it posts to itself; only then its view knows what to paint.
            QCoreApplication.sendPostedEvents(view.figure().scene(), QEvent.Type.MetaCall)
        QCoreApplication.sendPostedEvents(self._window, QEvent.Type.UpdateRequest)
