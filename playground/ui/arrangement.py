"""Where panels and views stand in the window: a dock each, how these share its room, and what is remembered of that."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QByteArray, QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QLayout, QMainWindow, QScrollArea, QWidget

LAYOUT_VERSION = 2  # of the saved arrangement of docks; raise it when docks come or go


class Arrangement(QObject):
    """The docks of a window by name. It knows the names of those that are always in sight, and nothing inside them.

    `sight_changed` says that a dock has been raised, shown or hidden.
    """

    sight_changed = Signal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.docks: dict[str, QDockWidget] = {}
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)

    def add(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> None:
        """Give a widget a dock at one side of the window."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock_{name}")
        dock.setWidget(widget)
        # Queued: at the signal the dock's widget does not know yet whether it can be seen.
        dock.visibilityChanged.connect(self.sight_changed, Qt.ConnectionType.QueuedConnection)
        self._window.addDockWidget(area, dock)
        self.docks[name] = dock

    def add_behind(self, beside: str, name: str, title: str) -> QDockWidget:
        """An empty dock as a tab behind another, which stays in front."""
        front = self.docks[beside]
        self.add(name, title, QWidget(), self._window.dockWidgetArea(front))
        self._window.tabifyDockWidget(front, self.docks[name])
        front.raise_()
        return self.docks[name]

    def bring_up(self, name: str) -> None:
        """Let a dock be seen."""
        self.docks[name].show()
        self.docks[name].raise_()

    def share_out(self) -> None:
        """Give each dock its part of the window as it is now."""
        window, docks = self._window, self.docks
        width, height = window.width(), window.height()
        right = max(400, width * 3 // 10)
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        window.resizeDocks([docks["data"], docks["boundary"]], [280, right], horizontal)
        data = min(420, height * 2 // 5)  # all of it, where there is room
        window.resizeDocks([docks["data"], docks["learning"]], [data, height - data - 140], vertical)
        window.resizeDocks([docks["boundary"], docks["loss"]], [right + 20, height - right - 140], vertical)
        window.resizeDocks([docks["gradient"]], [max(250, height * 3 // 10)], vertical)

    def reset(self) -> None:
        """All docks back where they were in the beginning."""
        self._window.restoreState(self._first, LAYOUT_VERSION)
        self.share_out()

    def restore(self) -> None:
        """Size and layout as they were kept, or else as they fit the screen."""
        window = self._window
        room = window.screen().availableGeometry()
        window.resize(min(1600, max(1280, room.width() * 7 // 8)), min(1000, max(800, room.height() * 7 // 8)))
        self.share_out()
        self._first = window.saveState(LAYOUT_VERSION)
        settings = QSettings()
        geometry = settings.value("geometry", QByteArray(), type=QByteArray)
        layout = settings.value("layout", QByteArray(), type=QByteArray)
        if isinstance(geometry, QByteArray) and not geometry.isEmpty():
            window.restoreGeometry(geometry)
        if isinstance(layout, QByteArray) and not layout.isEmpty():
            window.restoreState(layout, LAYOUT_VERSION)
            if isinstance(geometry, QByteArray) and not geometry.isEmpty():
                cast(QLayout, window.layout()).activate()
                window.restoreGeometry(geometry)  # again: with the docks hidden that were, the window may be smaller

    def keep(self) -> None:
        """Remember size and layout for the next time."""
        settings = QSettings()
        settings.setValue("geometry", self._window.saveGeometry())
        settings.setValue("layout", self._window.saveState(LAYOUT_VERSION))


def scrolling(panel: QWidget) -> QScrollArea:
    """A panel in as much height as there is, and never narrower than it."""
    area = QScrollArea()
    area.setWidget(panel)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(panel.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width())
    return area
