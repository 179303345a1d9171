"""A child process that does random things to the real window, or does given things again, and says what went wrong.

Its standard input is one JSON object: {"seed": 1, "count": 200} acts at random, {"deeds": [...]} acts as told. It prints a
JSON line before each deed, {"deed": {...}}, one for whatever goes wrong, {"fault": "..."}, and {"done": n} at the end.
A deed names its widget by the way there from its window, so that it means the same after others have been left out.
"""

from __future__ import annotations

import faulthandler
import json
import random
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QEventLoop,
    QMessageLogContext,
    QMimeData,
    QPoint,
    QPointF,
    QSettings,
    Qt,
    QTimer,
    QtMsgType,
    QUrl,
    qInstallMessageHandler,
)
from PySide6.QtGui import QDropEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QMenu, QWidget

from playground.exchange.snapshot import load_snapshot, save_snapshot
from playground.experiment.config import Config
from playground.experiment.looks.measuring import Failure
from playground.experiment.run.session import Session
from playground.options import ConfigError, with_text
from playground.ui.shell.run_bar import RunBar
from playground.ui.theme import LIGHT
from playground.ui.window import Window
from playground.ui.workspace.operations import writing
from tests.reliability.edits import random_edit

PATIENCE = 60  # seconds that one deed may take before the process shows where it hangs, and dies
KEYS = (
    "Space", ".", "E", "R", "N", "Tab", "Shift+Tab", "Return", "Esc", "Left", "Right", "Up", "Down", "PgUp", "PgDown", "Home",
    "End", "Delete", "Backspace", "F1", "F5", "F6", "Shift+F6", "F11", "Ctrl+A", "Ctrl+Y", "Ctrl+Shift+Z", "Ctrl+S",
    "Ctrl+Shift+S", "Ctrl+O", "Ctrl+D", "Ctrl+E", "Ctrl+L", "Ctrl+N", "Ctrl+Shift+C", *(f"Ctrl+{n}" for n in range(1, 10)),
)  # fmt: skip
TEXTS = (
    "0.01",
    "-1",
    "1e309",
    "nan",
    "inf",
    "",
    " ",
    "0,5",
    "1e-320",
    "999999999999999999999",
    "abc",
    "٣",
    "x" * 500,
    "7",
    "a\nb",
)
DEEDS = {
    "click": 30, "double": 4, "context": 4, "key": 25, "type": 12, "wheel": 6, "drag": 8, "dock": 6, "undo": 4, "drop": 2,
    "theme": 1, "edit": 20, "resize": 2, "wait": 12, "play": 8,
}  # fmt: skip
QUIET = ("This plugin does not support", "propagateSizeHints")  # what a platform without a screen says of every window

Deed = dict[str, Any]


class Robot:
    """Acts on a window of its own, and watches it."""

    def __init__(self, folder: Path, say: Callable[[str, Any], None]) -> None:
        self._say = say
        self._files = list(_files(folder))
        self._chance = random.Random(0)
        self.window = Window(Session(Config()), LIGHT)
        self.window.runner.failed.connect(self._hear)
        self.window.resize(1280, 800)
        self.window.findChild(RunBar).choose_speed(None)
        self.window.show()
        self._closer = QTimer(self.window)  # of what would hold up the robot: dialogs and menus in a loop of their own
        self._closer.timeout.connect(self._close_what_waits)
        self._closer.start(30)
        self._looked_at: tuple[QWidget | None, int] = None, 0

    # The deeds

    def choose(self, chance: random.Random) -> Deed:
        """A deed with all its particulars, for the window as it stands now."""
        do = chance.choices(list(DEEDS), list(DEEDS.values()))[0]
        deed: Deed = {
            "do": do,
            "x": round(chance.random(), 3),
            "y": round(chance.random(), 3),
            "n": chance.randrange(1000),
        }
        if do in ("click", "double", "context", "type", "wheel", "drag"):
            widgets = [widget for widget in _visible() if not isinstance(widget, QLabel) or chance.random() < 0.2]
            deed["at"] = _path(chance.choice(widgets)) if widgets else ""
        match do:
            case "key":
                deed["text"] = chance.choice(KEYS)
            case "type":
                deed["text"] = chance.choice(TEXTS)
            case "drop":
                deed["text"] = chance.choice(self._files).name
            case "edit":
                deed["text"], deed["value"] = random_edit(self.window.document.config, chance)
        return deed

    def act(self, deed: Deed) -> None:
        """Do it, and let the window answer."""
        self._chance.seed(json.dumps(deed, sort_keys=True))
        widget = _find(deed["at"]) if "at" in deed else self.window
        if widget is not None:
            getattr(self, f"_{deed['do']}")(widget, deed)
        wait(0.002)

    def finish(self) -> None:
        """Whatever has been done, document and session agree, what runs can be saved and opened, and the window closes."""
        window, kept = self.window, []
        self._close_what_waits()
        for dialog in window.findChildren(QDialog):
            dialog.close()
        window.runner.pause()
        window.workspace.request_data(lambda config, dataset: kept.append(config))
        until(lambda: kept)
        if kept and kept[-1] != window.document.config:
            self._say("fault", "the window shows another config than the session has")
        path = Path(tempfile.mkdtemp()) / "end.safetensors"
        saved: list[object] = []
        window.runner.do(writing(path, save_snapshot, saved.append, saved.append))
        until(lambda: saved)
        if path.exists():
            load_snapshot(path)
        elif saved and "diverged" not in str(saved):
            self._say("fault", f"the run could not be saved: {saved}")
        window.files.keep()
        window.close()
        until(lambda: not window.isVisible())
        if window.isVisible():
            self._say("fault", "the window does not close")
        QApplication.clipboard().clear()  # WORKAROUND PySide6 6.11: without a screen, what is left there crashes the exit

    def _click(self, widget: QWidget, deed: Deed) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=_point(widget, deed))

    def _double(self, widget: QWidget, deed: Deed) -> None:
        QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=_point(widget, deed))

    def _context(self, widget: QWidget, deed: Deed) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.RightButton, pos=_point(widget, deed))

    def _key(self, widget: QWidget, deed: Deed) -> None:
        if deed["text"].startswith("Ctrl+Q"):
            return
        QTest.keySequence(QApplication.focusWidget() or widget, QKeySequence(deed["text"]))

    def _type(self, widget: QWidget, deed: Deed) -> None:
        widget.setFocus()
        focus = QApplication.focusWidget() or widget
        for character in deed["text"]:  # posted: QTest knows only ASCII
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.postEvent(focus, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character))
        wait(0.0)
        if deed["n"] % 2:
            QTest.keyClick(QApplication.focusWidget() or self.window, Qt.Key.Key_Return)

    def _wheel(self, widget: QWidget, deed: Deed) -> None:
        at, turn = QPointF(_point(widget, deed)), QPoint(0, 120 if deed["n"] % 2 else -120)
        none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        QApplication.postEvent(widget, QWheelEvent(at, widget.mapToGlobal(at), QPoint(), turn, *none, False))

    def _drag(self, widget: QWidget, deed: Deed) -> None:
        start, end = (
            _point(widget, deed),
            QPoint(deed["n"] % max(widget.width(), 1), deed["n"] % max(widget.height(), 1)),
        )
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
        for part in (0.3, 0.7, 1.0):
            QTest.mouseMove(widget, start + (end - start) * part)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)

    def _dock(self, widget: QWidget, deed: Deed) -> None:
        docks = [dock for _, dock in self.window.docks.items()]
        dock = docks[int(deed["x"] * len(docks))]
        match deed["n"] % 4:
            case 0:
                dock.setFloating(not dock.isFloating())
            case 1:
                dock.toggleViewAction().trigger()
            case 2:
                dock.close()
            case _:
                dock.show()
                dock.raise_()

    def _undo(self, widget: QWidget, deed: Deed) -> None:
        for _ in range(deed["n"] % 12 + 1):
            QTest.keySequence(self.window, QKeySequence("Ctrl+Z" if deed["x"] < 0.7 else "Ctrl+Y"))

    def _drop(self, widget: QWidget, deed: Deed) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in self._files if path.name == deed["text"]])
        none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        self.window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, *none))

    def _theme(self, widget: QWidget, deed: Deed) -> None:
        QTest.keySequence(self.window, QKeySequence("Ctrl+T"))

    def _edit(self, widget: QWidget, deed: Deed) -> None:
        document = self.window.document
        try:
            config = with_text(document.config, deed["text"], deed["value"])
        except ConfigError:
            return
        document.edit(deed["text"], config)

    def _resize(self, widget: QWidget, deed: Deed) -> None:
        self.window.resize(700 + int(deed["x"] * 1300), 450 + int(deed["y"] * 800))

    def _wait(self, widget: QWidget, deed: Deed) -> None:
        wait(deed["x"] * 0.15)

    def _play(self, widget: QWidget, deed: Deed) -> None:
        self.window.runner.play()
        wait(0.05)

    # Watching

    def answer(self, *_: Any, **__: Any) -> tuple[str, str]:
        """What is chosen in a file dialog."""
        return (str(self._chance.choice(self._files)) if self._chance.random() < 0.8 else "", "")

    def _hear(self, sentence: str, details: str) -> None:
        if details:
            self._say("fault", f"{sentence}\n{details}")

    def _close_what_waits(self) -> None:
        waiting = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        before, times = self._looked_at
        self._looked_at = waiting, times + 1 if waiting is before else 0
        if waiting is None or times < 2:
            return
        if isinstance(waiting, QMenu) and waiting.actions() and self._chance.random() < 0.5:
            QTest.keyClick(waiting, Qt.Key.Key_Down)
            QTest.keyClick(waiting, Qt.Key.Key_Return)
        elif self._chance.random() < 0.3:
            QTest.keyClick(waiting, Qt.Key.Key_Return)
        else:
            waiting.close()


def wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def until(fact: Callable[[], object], seconds: float = 40.0) -> None:
    for _ in range(int(seconds / 0.02)):
        if fact():
            return
        wait(0.02)


def _visible() -> Iterator[QWidget]:
    """What can be clicked: of a modal dialog only its own parts."""
    modal = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    for top in [modal] if modal else QApplication.topLevelWidgets():
        if top.isVisible():
            yield from (
                widget for widget in [top, *top.findChildren(QWidget)] if widget.isVisible() and widget.isEnabled()
            )


def _point(widget: QWidget, deed: Deed) -> QPoint:
    return QPoint(int(deed["x"] * widget.width()), int(deed["y"] * widget.height()))


def _siblings(widget: QWidget) -> list[QWidget]:
    parent = widget.parentWidget()
    if parent is None:
        return sorted(
            (top for top in QApplication.topLevelWidgets() if top.parentWidget() is None),
            key=lambda top: top.objectName(),
        )
    return [child for child in parent.children() if isinstance(child, QWidget)]


def _name(widget: QWidget) -> str:
    alike = [one for one in _siblings(widget) if type(one) is type(widget) and one.objectName() == widget.objectName()]
    return f"{type(widget).__name__}#{widget.objectName()}[{alike.index(widget) if widget in alike else 0}]"


def _path(widget: QWidget) -> str:
    names = []
    step: QWidget | None = widget
    while step is not None:
        names.append(_name(step))
        step = step.parentWidget()
    return "/".join(reversed(names))


def _find(path: str) -> QWidget | None:
    """The widget at the end of a path, None where there is none to be seen now."""
    return next((widget for widget in _visible() if _path(widget) == path), None)


def _files(folder: Path) -> Iterator[Path]:
    """What a user may open or drop: good, bad, and not there."""
    for name, content in {
        "good.csv": b"a,b,kind\n"
        + b"".join(b"%d,%d,%s\n" % (n, n * n % 7, b"xy"[n % 2 : n % 2 + 1]) for n in range(40)),
        "number.csv": b"a,b,y\n" + b"".join(b"%d,%d,%d\n" % (n, n * n % 7, n * 3) for n in range(40)),
        "bad.csv": b"a,b\n1\n,,,\n",
        "empty.csv": b"",
        "noise.png": bytes(range(256)),
        "wrong.json": b'{"training": {"learning_rate": "x"}}',
        "good.json": Config().to_json().encode(),
        "broken.safetensors": b"\x10\x00\x00\x00\x00\x00\x00\x00{}",
    }.items():
        path = folder / name
        path.write_bytes(content)
        yield path
    yield folder / "gone.csv"
    yield folder


def main() -> None:
    order = json.loads(sys.stdin.readline())
    faulthandler.enable()
    sys.setswitchinterval(1e-4)

    def say(kind: str, what: Any) -> None:
        print(json.dumps({kind: what}), flush=True)

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        say("fault", "".join(traceback.format_exception(kind, error, trace)))

    def listen(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if not any(quiet in message for quiet in QUIET):
            say("fault", f"Qt says: {message}")

    def of(what: str, error: Exception) -> Failure:
        tell(type(error), error, error.__traceback__)
        return Failure(what, str(error), "")

    sys.excepthook = tell
    Failure.of = staticmethod(of)  # type: ignore[assignment]
    application = QApplication(sys.argv[:1])
    application.setApplicationName("playground-robot")
    qInstallMessageHandler(listen)
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        robot = Robot(Path(folder), say)
        for name in ("getOpenFileName", "getSaveFileName"):
            setattr(QFileDialog, name, staticmethod(robot.answer))
        until(lambda: robot.window.workspace.frame is not None)
        chance = random.Random(order.get("seed", 0))
        told: Iterator[Deed] = iter(order.get("deeds", ()))
        count = order.get("count", len(order.get("deeds", ())))
        for _ in range(count):
            deed = next(told, None) or robot.choose(chance)
            say("deed", deed)
            faulthandler.dump_traceback_later(PATIENCE, exit=True)
            try:
                robot.act(deed)
            except Exception:
                say("fault", traceback.format_exc())
            faulthandler.cancel_dump_traceback_later()
        faulthandler.dump_traceback_later(2 * PATIENCE, exit=True)
        robot.finish()
        faulthandler.cancel_dump_traceback_later()
    say("done", count)


if __name__ == "__main__":
    main()
