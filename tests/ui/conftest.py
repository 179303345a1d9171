"""The real window in a test: shown and active, closed at the end with nothing left over and nothing complained of."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from playground.exchange.snapshot import load_snapshot, save_snapshot
from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.run.session import Session
from playground.ui.shell.message_strip import MessageStrip
from playground.ui.shell.run_bar import RunBar
from playground.ui.theme import LIGHT, Theme, apply_theme
from playground.ui.window import Window
from playground.ui.workspace.notices import Notices
from playground.ui.workspace.operations import writing
from playground.ui.workspace.runner import Runner

NO_SCREEN = "This plugin does not support"  # what the platform without a screen says of every window


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.qt_log_ignore(NO_SCREEN, extend=True))


@dataclass
class Pilot:
    """A user at the window: presses keys, waits for facts, and sees what the window shows."""

    window: Window
    qtbot: QtBot
    folder: Path  # where it may save

    @property
    def frame(self) -> Frame:
        assert self.window.workspace.frame is not None
        return self.window.workspace.frame

    @property
    def running(self) -> bool:
        return self.window.runner.running

    @property
    def notices(self) -> Notices:
        return self.window.workspace.notices

    @property
    def strip(self) -> MessageStrip:
        return self.find(MessageStrip, "message_strip")

    @property
    def bar(self) -> RunBar:
        return self.find(RunBar, "run_bar")

    def find(self, kind: type[Any], name: str) -> Any:
        found = self.window.findChild(kind, name)
        assert found is not None, name
        return found

    def until(self, fact: Callable[[], object]) -> None:
        """Wait for a fact, however long a busy machine takes."""
        self.qtbot.waitUntil(lambda: bool(fact()), timeout=20_000)

    def press(self, keys: Qt.Key | str, *modifiers: Qt.KeyboardModifier, at: QWidget | None = None) -> None:
        """Press a key where the focus is, or at a widget."""
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        QTest.keyClick(at or QApplication.focusWidget() or self.window, keys, held)

    def control(self, keys: Qt.Key | str, shift: bool = False) -> None:
        """Press a key with Ctrl, and with Shift where that is wanted."""
        extra = (Qt.KeyboardModifier.ShiftModifier,) if shift else ()
        self.press(keys, Qt.KeyboardModifier.ControlModifier, *extra, at=self.window)

    def play(self) -> None:
        """Play until training is seen."""
        before = self.frame.step
        self.window.runner.play()
        self.until(lambda: self.running and self.frame.step > before)

    def settle(self) -> Frame:
        """Once all that was asked so far has been done, and what it trains for is reached: pause, and the frame of it."""
        settled(self.window.runner, self.qtbot)
        return self.frame

    def saved(self) -> Session:
        """What the run is now, from a snapshot of it."""
        path = self.folder / "now.safetensors"
        done: list[Path] = []
        self.window.runner.do(writing(path, save_snapshot, done.append, pytest.fail))
        self.until(lambda: done)
        return load_snapshot(path)


def settled(runner: Runner, qtbot: QtBot) -> None:
    """Wait until a runner has done what it was asked, and until it is where it was to train to; then pause."""
    obeyed = threading.Event()
    runner._thread.post(obeyed.set, urgent=False)
    qtbot.waitUntil(lambda: obeyed.is_set() and runner._thread.errand is None, timeout=20_000)
    for _ in range(2):  # the first may have been on its way already
        with qtbot.waitSignal(runner.frame_ready, timeout=20_000):
            runner.pause()


class Windows:
    """Opens windows, and closes them."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self._qtbot = qtbot
        self._folder = folder
        self._open: list[Window] = []

    def open(self, config: Config | None = None, theme: Theme = LIGHT) -> Pilot:
        """A window that has drawn its first frame, with the keyboard."""
        window = Window(Session(config or Config()), theme)
        self._open.append(window)
        window.show()
        window.activateWindow()
        pilot = Pilot(window, self._qtbot, self._folder)
        pilot.until(lambda: window.isActiveWindow() and window.workspace.frame is not None)
        return pilot

    def until_closed(self, window: Window) -> None:
        """Wait for a window that has been told to close."""
        self._qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)

    def close(self) -> None:
        """Close what is open; every thread must have ended and Qt have said nothing."""
        said: list[str] = []

        def listen(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
            if NO_SCREEN not in message:
                said.append(message)

        before = qInstallMessageHandler(listen)
        try:
            threads = [window.runner._thread for window in self._open]
            for window in self._open:
                window.files.keep()
                if window.isVisible():
                    window.close()
                window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            self._open.clear()
            gc.collect()  # menus that pyqtgraph leaves to the collector would make every later window slower
        finally:
            qInstallMessageHandler(before)
        assert not any(thread.isRunning() for thread in threads)
        assert not said
        left = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Window)]
        assert left == [], "every later test would pay for its widgets"


@pytest.fixture(scope="session", autouse=True)
def emptied_clipboard() -> Iterator[None]:
    """WORKAROUND PySide6 6.11: without a screen, data from Python on the clipboard crash the interpreter's exit."""
    yield
    if isinstance(QCoreApplication.instance(), QApplication):
        QApplication.clipboard().clear()


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """Widgets look as they do in the program, whatever an earlier test has made of it."""
    apply_theme(qapp, LIGHT)


@pytest.fixture
def windows(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Windows]:
    """Opens windows; trainer and window take turns as they do in the program. Asked whether to save, it says no."""
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Discard)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    opened = Windows(qtbot, tmp_path)
    yield opened
    opened.close()
    sys.setswitchinterval(interval)


@pytest.fixture
def pilot(windows: Windows) -> Pilot:
    """A user at a window with the default experiment."""
    return windows.open()


@pytest.fixture
def window(pilot: Pilot) -> Window:
    """The window alone."""
    return pilot.window
