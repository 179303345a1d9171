"""The views of a window: which of them can be seen, draw a frame, and what it must hold for them. Knows no view's inside."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtWidgets import QDockWidget, QWidget

from playground.experiment.config import Config
from playground.experiment.looks.look import Requests
from playground.ui.theme import GRID, Theme
from playground.ui.viewing.view import View


class VisibleViews(QObject):
    """The network's diagram and the other views of a window; of these more are made when they are first seen.

    `needs_changed` says that `needs` may have, `made` that there is another view.
    """

    needs_changed = Signal()
    made = Signal()

    def __init__(self, window: QWidget, diagram: View, views: list[View]) -> None:
        super().__init__(window)
        self._window, self._diagram, self._views = window, diagram, views
        self._turn = 0
        for view in self.all:
            view.needs_changed.connect(self.needs_changed)

    @property
    def all(self) -> list[View]:
        """Those that there are."""
        return [self._diagram, *self._views]

    def of(self, kind: type[View]) -> View | None:
        """The view of this kind, if there is one already."""
        return next((view for view in self.all if type(view) is kind), None)

    def make_in(self, dock: QDockWidget, kind: type[View]) -> None:
        """Make a view of this kind when its dock is first seen: all of them at the start would delay the window."""
        dock.visibilityChanged.connect(partial(self._make, dock, kind))

    def follow(self, old: Config, new: Config) -> None:
        """Let all but the diagram, which does so itself, follow an edit."""
        for view in self._views:
            view.follow(old, new)

    def dress(self, theme: Theme) -> None:
        """Let all take these colours."""
        for view in self.all:
            view.dress(theme)

    @property
    def seen(self) -> list[View]:
        """Those of which a part at least is in sight."""
        return [view for view in self.all if not view.visibleRegion().isEmpty()]

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

    def _make(self, dock: QDockWidget, kind: type[View], visible: bool) -> None:
        if not visible or self.of(kind) is not None:
            return
        view = kind(self._diagram.document, self._diagram.theme)
        view.setMinimumWidth(26 * GRID)  # or else the widest row of controls of any tab would widen the window
        view.needs_changed.connect(self.needs_changed)
        self._views.append(view)
        dock.setWidget(view)
        self.made.emit()
