"""The start of the program: with a screen, without one, and with a Qt that counts its references."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal

from playground.exchange.copies import Copy
from playground.exchange.snapshot import Checkpoint, save_snapshot
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.ui import app
from tests.configs import written

ROOT = Path(app.__file__).parents[2]
SCREENS = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A Linux machine that has all libraries and no screen."""
    for name in SCREENS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda library: object())
    return monkeypatch


def test_without_a_screen_it_says_what_to_do(bare: pytest.MonkeyPatch) -> None:
    sentence = app.missing_screen()
    assert "no screen" in sentence
    assert "playground train" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("name", SCREENS)
def test_with_a_screen_there_is_nothing_to_say(bare: pytest.MonkeyPatch, name: str) -> None:
    bare.setenv(name, ":0")
    assert app.missing_screen() == ""


def test_other_systems_have_a_screen(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(sys, "platform", "darwin")
    assert app.missing_screen() == ""


def test_missing_libraries_are_named_by_their_packages(bare: pytest.MonkeyPatch) -> None:
    def load(library: str) -> object:
        if library in ("libxcb-cursor.so.0", "libxcb-keysyms.so.1"):
            raise OSError(f"{library}: cannot open shared object file")
        return object()

    bare.setenv("DISPLAY", ":0")
    bare.setattr(ctypes, "CDLL", load)
    sentence = app.missing_screen()
    assert "apt-get install libxcb-cursor0 libxcb-keysyms1," in sentence
    assert "playground train" in sentence
    bare.setenv("QT_QPA_PLATFORM", "offscreen")  # which needs none of them
    assert app.missing_screen() == ""


def run(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in this checkout, with no screen but what `environment` gives."""
    given = {name: value for name, value in os.environ.items() if name not in SCREENS} | environment
    command = [sys.executable, *code.split()] if code.startswith("-m ") else [sys.executable, "-c", code]
    return subprocess.run([*command, *arguments], cwd=ROOT, env=given, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("asked", "display"), [("", ""), ("", ":0"), ("minimal", "")])
def test_a_platform_that_is_set_but_empty_counts_as_unset_in_the_tests(asked: str, display: str) -> None:
    code = "import os, tests.conftest; print(os.environ.get('QT_QPA_PLATFORM'))"
    platform = run(code, QT_QPA_PLATFORM=asked, DISPLAY=display).stdout.strip().partition(":")[0]
    assert platform == (asked or ("None" if display else "offscreen"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
def test_the_command_without_a_screen_prints_one_sentence_and_fails() -> None:
    result = run("-m playground")
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "no screen" in result.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
def test_a_qt_that_cannot_be_loaded_is_one_sentence_too() -> None:
    code = "import sys; sys.modules['PySide6.QtCore'] = None; from playground.ui.app import main; sys.exit(main())"
    result = run(code, QT_QPA_PLATFORM="offscreen")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "Qt cannot be loaded" in result.stderr
    assert "apt-get install" in result.stderr


STARTED = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])
from playground.ui import app, window
draw = window.Window.draw
def draw_and_fail(self, frame):
    draw(self, frame)
    if frame.step == 7:
        print(self.workspace.notices.text, flush=True)
        window.Window.draw = draw
        QTimer.singleShot(0, lambda: report(self))
        raise RuntimeError("cannot draw seven")
def report(self):
    print(self.theme.name, sys.getswitchinterval(), self.windowTitle(), self.workspace.notices.text, sep="|", flush=True)
    self.close()
window.Window.draw = draw_and_fail
sys.exit(app.main(Path(sys.argv[2])))
"""


def test_the_program_opens_a_file_and_lets_no_error_pass_in_silence(tmp_path: Path) -> None:
    session = Session(Config())
    session.step(7)
    save_snapshot(session, tmp_path / "seven.safetensors")
    settings = tmp_path / "playground"
    settings.mkdir(exist_ok=True)
    (settings / "playground.ini").write_text("[General]\ntheme=dark\n")
    copy = Copy.make(tmp_path / "playground" / "playground" / "copies")
    copy.write(Checkpoint.of(session))
    copy.let_go()
    file, screen = str(tmp_path / "seven.safetensors"), {"QT_QPA_PLATFORM": "offscreen", "XDG_DATA_HOME": str(tmp_path)}
    result = run(STARTED, str(tmp_path), file, **screen)
    assert result.returncode == 0, result.stderr
    offered, *told = result.stdout.splitlines()
    assert "ended unexpectedly" in offered  # although another file has been opened
    theme, interval, title, said = next(line for line in told if "|" in line).split(
        "|"
    )  # it may be drawn twice before it closes
    assert theme == "dark"
    assert float(interval) == pytest.approx(1e-4)
    assert title.startswith("seven.safetensors")
    assert "cannot draw seven" in said
    assert "RuntimeError: cannot draw seven" in result.stderr
    assert "QThread" not in result.stderr


PLAYED = """
import sys
from PySide6.QtCore import QSettings, QTimer
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])
from playground.ui import app, window
draw = window.Window.draw
def draw_and_close(self, frame):
    draw(self, frame)
    if not frame.step:
        self.runner.play()
    elif self.isVisible():
        self.files.keep()
        self.close()
window.Window.draw = draw_and_close
sys.exit(app.main())
"""


def test_a_window_that_has_played_is_closed_and_python_ends_whole(tmp_path: Path) -> None:
    """What Qt still calls of ours when Python has ended kills the program: overridden events of plots, for one."""
    result = run(PLAYED, str(tmp_path), QT_QPA_PLATFORM="offscreen", XDG_DATA_HOME=str(tmp_path))
    assert result.returncode == 0, result.stderr


CLOSED = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])
from playground.cancellation import check
from playground.data.generators import Spiral
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.options import with_value
from playground.ui import app, window
from playground.ui.workspace import autosave, runner
what = sys.argv[2]
QMessageBox.question = lambda *_: QMessageBox.StandardButton.Discard
autosave.INTERVAL = 50
if what == "deaf":
    runner.PATIENCE = 500
    Session.advance = lambda session, *_: time.sleep(3600)
def for_ever(*_):
    while True:
        check()
begun = []
def amid():
    [own] = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, original)]
    if not begun and own.workspace.frame is not None:
        begun.append(own)
        if what == "edit":
            Spiral.load = for_ever
            own.document.set("data.source", Spiral(), "Spiral")
        else:
            own.document.set("training.learning_rate", 0.1, "Rate")
            QTimer.singleShot(1000, own.run_actions.epoch)
    elif begun and own.runner.busy:
        clock.stop()
        print(own.runner.busy, flush=True)
        own.close()
clock = QTimer()
clock.timeout.connect(amid)
def make(session, theme):
    clock.start(50)
    return original(Session(Config.from_json(sys.argv[3])), theme)
original, window.Window = window.Window, make
sys.exit(app.main())
"""


@pytest.mark.parametrize(
    ("what", "edits", "at"),
    [
        (
            "epoch",
            [
                ("ensemble.members", "256"),
                ("training.batch_size", "1"),
                ("network.hidden", json.dumps([{"units": 32}] * 10)),
                ("data.source.points", "2000"),
            ],
            {"Preparing the run", "Training to the end of the epoch", "A step of SGD", "Looking at the network"},
        ),
        ("edit", [], {"Preparing the run"}),
        ("deaf", [], {"A step of SGD"}),
    ],
)
def test_closing_never_aborts_whatever_lasts(
    tmp_path: Path, what: str, edits: list[tuple[str, str]], at: set[str]
) -> None:
    result = run(
        CLOSED, str(tmp_path), what, written(*edits).to_json(), QT_QPA_PLATFORM="offscreen", XDG_DATA_HOME=str(tmp_path)
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() in at
    assert "QThread" not in result.stderr
    assert "Traceback" not in result.stderr
    left = [path for path in tmp_path.rglob("*") if path.is_file() and "copies" in str(path)]
    assert bool(left) == (what == "deaf"), "only of a thread that could not be ended is a copy kept"


class Source(QObject):
    happened = Signal()


def test_qt_keeps_its_references() -> None:
    """PySide6 6.12.0 on Python 3.11 loses one to None or True at each of these, and aborts within seconds."""
    source = Source()
    heard: list[int] = []
    source.happened.connect(lambda: heard.append(0))
    before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(10_000):
        source.happened.emit()
        source.setObjectName("name")
    after = sys.getrefcount(True), sys.getrefcount(None)
    assert len(heard) == 10_000
    # Other code may let go of a few; a lost reference a call would be thousands.
    assert after[0] > before[0] - 1000
    assert after[1] > before[1] - 1000
