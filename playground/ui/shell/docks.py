"""Where panels and views stand in the window: a dock each, and how these share its room. Knows no arrangement of them."""

from __future__ import annotations

from collections.abc import ItemsView, Sequence
from typing import cast

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QRect, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLayout,
    QMainWindow,
    QScrollArea,
    QStyle,
    QTabBar,
    QToolBar,
    QWidget,
)

LAYOUT_VERSION = 4  # of the saved arrangement of docks; raise it when docks come or go
LARGEST = QSize(1600, 1000)  # that a first window wants
ROOMY = QSize(1180, 640)  # from which size on all that is always in sight has a place of its own
NARROW = 860  # pixels of width below which all docks share one place
FRAMED = (100, 400, 1200)  # milliseconds after which a window manager may have put its frame around a window


class Docks(QObject):
    """The docks of a window by name. It knows the names of those that are always in sight, and nothing inside them.

    `sight_changed` says that a dock has been raised, shown or hidden.
    """

    sight_changed = Signal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._filling: QByteArray | None = None  # the layout to go back to while one dock fills the window
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.sight_changed.connect(self._let_tabs_be_read)
        self.sight_changed.connect(self._make_room)
        self._sight = QTimer(self)  # once for all docks that one layout moves
        self._sight.setSingleShot(True)
        self._sight.timeout.connect(self.sight_changed)

    def add(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> None:
        """Give a widget a dock at one side of the window."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock_{name}")
        dock.setWidget(widget)
        # Later: at the signal the dock's widget does not know yet whether it can be seen.
        dock.visibilityChanged.connect(lambda _: self._sight.start())
        dock.topLevelChanged.connect(self._frame)
        dock.installEventFilter(self)
        self._window.addDockWidget(area, dock)
        self._docks[name] = dock

    def add_behind(self, beside: str, name: str, title: str) -> QDockWidget:
        """An empty dock as a tab behind another, which stays in front."""
        front = self._docks[beside]
        self.add(name, title, QWidget(), self._window.dockWidgetArea(front))
        self._window.tabifyDockWidget(front, self._docks[name])
        front.raise_()
        return self._docks[name]

    def __getitem__(self, name: str) -> QDockWidget:
        """The dock of this name."""
        return self._docks[name]

    def items(self) -> ItemsView[str, QDockWidget]:
        """All docks by name, in the order in which they came."""
        return self._docks.items()

    # What is seen

    def show_only(self, names: Sequence[str]) -> None:
        """Let these be seen where they stand at first, and no others; of several in one place the first is in front."""
        self.give_back()
        self._window.restoreState(self._first, LAYOUT_VERSION)
        for name, dock in self._docks.items():
            dock.setVisible(name in names)
        self.share_out()
        for name in reversed(names):
            self._docks[name].raise_()

    @property
    def state(self) -> QByteArray:
        """Where all stand now, and which of them are seen."""
        self.give_back()
        return self._window.saveState(LAYOUT_VERSION)

    def take(self, state: QByteArray) -> bool:
        """Let all stand as they did; whether that could be done."""
        self._filling = None
        self._middle.show()
        return self._window.restoreState(state, LAYOUT_VERSION)

    def bring_up(self, name: str) -> None:
        """Let a dock be seen, and give it the keyboard."""
        dock = self._docks[name]
        if self._filling is not None and dock.isHidden():
            self.give_back()
        dock.show()
        dock.raise_()
        if dock.isFloating():
            dock.activateWindow()
        _focus(dock)

    def fill(self, name: str) -> None:
        """Let one dock have all of the window below its bars; `give_back` ends that."""
        if self._filling is not None:
            self.give_back()
        self._filling = self._window.saveState(LAYOUT_VERSION)
        for dock in self._docks.values():
            dock.setVisible(dock is self._docks[name])
        self._middle.hide()
        _focus(self._docks[name])

    def give_back(self) -> None:
        """Everything where it was before one dock filled the window."""
        if self._filling is not None:
            layout, self._filling = self._filling, None
            self._middle.show()
            self._window.restoreState(layout, LAYOUT_VERSION)

    def step(self, by: int) -> None:
        """Give the keyboard to the next place in the window, or with −1 to the one before: bar, panels, diagram, views."""
        places = [self._window.findChild(QToolBar), *self._docks.values(), self._middle]
        seen = [place for place in places if place is not None and not place.visibleRegion().isEmpty()]
        seen.sort(key=lambda place: (place.mapToGlobal(QPoint()).x(), place.mapToGlobal(QPoint()).y()))
        focus = QApplication.focusWidget()
        now = next((i for i, place in enumerate(seen) if focus is not None and place.isAncestorOf(focus)), None)
        first = 0 if by > 0 else len(seen) - 1
        _focus(seen[first if now is None else (now + by) % len(seen)])

    # Layout

    def share_out(self) -> None:
        """Give each dock its part of the window as it is now; where there is little room, several have one place."""
        window, docks = self._window, self._docks
        size = window.size().boundedTo(window.screen().availableSize())
        width, height = size.width(), size.height()
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        if width < NARROW:
            self._gather("boundary", *(name for name in docks if name != "boundary"))
            self._resize({"boundary": width // 2}, horizontal)
            return
        if width < ROOMY.width() or height < ROOMY.height():
            self._gather("data", "learning")
            self._gather("loss", "gradient", *self._behind("loss"), *self._behind("gradient"))
            self._resize({"data": 250, "boundary": width * 7 // 20}, horizontal)
            self._resize({"boundary": height * 3 // 5, "loss": height * 2 // 5}, vertical)
            return
        right = max(400, width * 3 // 10)
        self._resize({"data": 280, "boundary": right}, horizontal)
        data = min(420, height * 2 // 5)  # all of it, where there is room
        self._resize({"data": data, "learning": height - data - 140}, vertical)
        boundary = min(right + 20, height * 21 // 40)
        self._resize({"boundary": boundary, "loss": height - boundary - 120}, vertical)
        self._resize({"gradient": max(200, height * 3 // 10)}, vertical)

    def begin(self) -> None:
        """All docks have been added: the window as it fits the screen."""
        self._window.resize(self._first_size())
        self._first = self._window.saveState(LAYOUT_VERSION)

    def restore(self) -> None:
        """The window's size as it was kept, if it was; with the docks hidden that are, it may be small."""
        window = self._window
        geometry = QSettings().value("geometry", QByteArray(), type=QByteArray)
        if isinstance(geometry, QByteArray) and not geometry.isEmpty():
            cast(QLayout, window.layout()).activate()
            window.restoreGeometry(geometry)
        for wait in FRAMED:
            QTimer.singleShot(wait, self, self.fit)

    def keep(self) -> None:
        """Remember the window's size for the next time."""
        QSettings().setValue("geometry", self._window.saveGeometry())

    def fit(self) -> None:
        """Frame and all within the screen: what was kept may be of a larger one."""
        window = self._window
        if window.isMaximized() or window.isFullScreen():
            return
        room, frame = window.screen().availableGeometry(), window.frameGeometry()
        over = (frame.size() - room.size()).expandedTo(QSize(0, 0))
        if not over.isNull():
            window.resize(window.size() - over)
        # A window manager moves what it frames: only where a side would lie outside is it moved here.
        kept = QRect(frame.topLeft(), frame.size() - over)
        kept.moveRight(min(kept.right(), room.right()))
        kept.moveBottom(min(kept.bottom(), room.bottom()))
        kept.moveTopLeft(QPoint(max(kept.left(), room.left()), max(kept.top(), room.top())))
        if kept.topLeft() != frame.topLeft():
            window.move(kept.topLeft())

    # The inside

    def _behind(self, front: str) -> list[str]:
        """The docks that are tabs beside this one."""
        beside = self._window.tabifiedDockWidgets(self._docks[front])
        return [name for name, dock in self._docks.items() if dock in beside]

    def _gather(self, front: str, *behind: str) -> None:
        """Put these docks behind another, as tabs; what is hidden stays so."""
        for name in behind:
            hidden = self._docks[name].isHidden()
            self._window.tabifyDockWidget(self._docks[front], self._docks[name])
            self._docks[name].setHidden(hidden)
        self._docks[front].raise_()

    def _resize(self, sizes: dict[str, int], way: Qt.Orientation) -> None:
        """Give places these many pixels, by the name of a dock that stands there or would; where all are hidden, none."""
        seen = {}
        for name, pixels in sizes.items():
            here = [self._docks[name], *(self._docks[other] for other in self._behind(name))]
            shown = next((dock for dock in here if not dock.isHidden()), None)
            if shown is not None:
                seen[shown] = pixels
        self._window.resizeDocks([*seen], [*seen.values()], way)

    @property
    def _middle(self) -> QWidget:
        middle = self._window.centralWidget()
        assert middle is not None
        return middle

    def _first_size(self) -> QSize:
        """Seven eighths of a large screen; of a small one all that its window manager leaves."""
        room = self._window.screen().availableGeometry().size()
        title = self._window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        room -= QSize(2, title + 2)
        roomy = QSize(1280, 800).boundedTo(room)
        return (room * 7 / 8).expandedTo(roomy).boundedTo(LARGEST)

    def _frame(self, floating: bool) -> None:
        """Give a dock that floats the frame of a window, by which it is moved and maximised."""
        dock = self.sender()
        assert isinstance(dock, QDockWidget)
        if floating:
            # Queued: in the midst of a drag, Qt is not ready to make another window of it.
            QTimer.singleShot(0, dock, lambda: _as_window(dock))
        else:
            dock.raise_()

    def _let_tabs_be_read(self) -> None:
        """Tabs that have no room scroll instead of losing their words."""
        for bar in self._window.findChildren(QTabBar):
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setUsesScrollButtons(True)

    def _make_room(self) -> None:
        """Where the docks that are seen want more height than the screen has, those beside the diagram share one place."""
        window = self._window
        if window.isMaximized() or window.isFullScreen():
            return
        cast(QLayout, window.layout()).activate()
        frame = window.frameGeometry().height() - window.height()
        most = window.screen().availableGeometry().height() - frame
        if window.minimumSizeHint().height() > most:
            left = Qt.DockWidgetArea.LeftDockWidgetArea
            seen = [name for name, dock in self._docks.items() if not dock.isHidden() and not dock.isFloating()]
            beside = [name for name in seen if window.dockWidgetArea(self._docks[name]) != left]
            beside.sort(key=lambda name: self._docks[name].visibleRegion().isEmpty())
            if beside:
                self._gather(*beside)
            cast(QLayout, window.layout()).activate()
        window.resize(window.width(), min(window.height(), most))

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click on the title of a dock that does not float fills the window with it, and another gives it back."""
        if (
            isinstance(watched, QDockWidget)
            and isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonDblClick
            and not watched.isFloating()
            and event.position().y() < watched.widget().y()
        ):
            if self._filling is not None:
                self.give_back()
            else:
                self.fill(next(name for name, dock in self._docks.items() if dock is watched))
            return True
        return super().eventFilter(watched, event)


def scrolling(panel: QWidget) -> QScrollArea:
    """A panel in as much height as there is, and never narrower than it."""
    area = QScrollArea()
    area.setWidget(panel)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(panel.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width())
    return area


def _as_window(dock: QDockWidget) -> None:
    if dock.isFloating() and not dock.windowFlags() & Qt.WindowType.WindowMaximizeButtonHint:
        active = QApplication.activeWindow() or dock.parentWidget()
        dock.setWindowFlags(Qt.WindowType.Window)
        dock.show()
        if active is not None:
            active.activateWindow()


def _focus(place: QWidget) -> None:
    """Give the keyboard to the first within that takes it."""
    inside = [place, *place.findChildren(QWidget)]
    ready = (w for w in inside if w.isEnabled() and not w.visibleRegion().isEmpty())
    first = next((w for w in ready if w.focusPolicy() & Qt.FocusPolicy.TabFocus), None)
    if first is not None:
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)
