"""How fast the real window trains, how often it draws, and how late its event loop gets.

Run ``python -m tests.benchmarks.window`` with a display (Xvfb will do). Each network plays for ten seconds; the speed
without a window is measured before and after, in the same process. Delays are those of a precise 5 ms timer.

``python -m tests.benchmarks.window gestures [CHECKOUT]`` measures only for how long a change of theme and a burst of
undoing hold the window; with another checkout of the program, both in turn, and what share of its time is left.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.run.session import Session
from playground.nn.activations import ReLU, Tanh
from playground.nn.optimizers import Adam
from playground.nn.regularizers import L2
from playground.options import with_value
from playground.ui.theme import DARK, LIGHT
from playground.ui.views import LABORATORY
from playground.ui.window import Window

SECONDS = 10.0
ALONE = 3.0
TICK = 5  # milliseconds
DEEP_INPUTS = ("x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2")

EDITS = (
    ("training.learning_rate", 0.1),
    ("training.batch_size", 25),
    ("training.regularizer", L2(0.01)),
    ("training.optimizer", Adam()),
    ("training.regularizer.rate", 0.02),
    ("training.learning_rate", 0.01),
    ("network.hidden.0.units", 7),
    ("network.hidden.1.activation", ReLU()),
    ("network.seed", 3),
    ("data.source.noise", 0.2),
    ("data.train_share", 0.7),
    ("data.seed", 5),
)

# Runs the program and leaves it as soon as the first frame has been drawn.
STARTUP = """
from playground.ui import app, window
draw = window.Window.draw
def draw_and_leave(self, frame):
    draw(self, frame)
    if self.isVisible():
        print("drawn", flush=True)
        self.close()
window.Window.draw = draw_and_leave
app.main()
"""


def configs() -> dict[str, Config]:
    deep = with_value(Config(), "network.hidden", (Layer(8, Tanh()),) * 6)
    return {"default 2-4-2-1": Config(), "deep 7-8-8-8-8-8-8-1": with_value(deep, "data.features", DEEP_INPUTS)}


def alone(config: Config) -> float:
    """Epochs a second without a window."""
    session = Session(config)
    session.advance(0.5)
    first = session.epoch
    before = time.perf_counter()
    session.advance(ALONE)
    return (session.epoch - first) / (time.perf_counter() - before)


def play(window: Window, config: Config) -> tuple[float, float, list[float]]:
    """Epochs a second, drawn frames a second, and the event loop's delays in milliseconds."""
    window.workspace.load(Session(config))
    _wait(0.5)
    window.run_actions.toggle()
    _wait(1.0)
    frames: list[Frame] = []
    delays: list[float] = []
    due = [time.perf_counter() + TICK / 1000]

    def tick() -> None:
        now = time.perf_counter()
        delays.append(max(0.0, (now - due[0]) * 1000))
        due[0] = now + TICK / 1000

    timer = QTimer(window)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    window.runner.frame_ready.connect(frames.append)
    due[0] = time.perf_counter() + TICK / 1000
    timer.start(TICK)
    before = time.perf_counter()
    _wait(SECONDS)
    elapsed = time.perf_counter() - before
    timer.stop()
    window.runner.frame_ready.disconnect(frames.append)
    window.run_actions.toggle()
    _wait(0.3)
    return (frames[-1].epoch - frames[0].epoch) / elapsed, len(frames) / elapsed, delays


def gestures() -> dict[str, float]:
    """For how many milliseconds of processor time each gesture holds the window."""
    window = _window()
    _wait(1.0)
    held = {
        "theme, 3 views, paused": _switch(window),
        "undo of 12 edits, paused": statistics.median(_undo(window) for _ in range(5)),
    }
    _open_all(window)
    held["theme, all views, paused"] = _switch(window)
    window.run_actions.toggle()
    _wait(1.0)
    held["theme, all views, playing"] = _switch(window)
    _close(window)
    return held


def compare(checkout: Path) -> None:
    """Measure the gestures with the program of another checkout and with this one, in turn."""
    rounds: dict[Path, list[dict[str, float]]] = {checkout: [], Path.cwd(): []}
    for _ in range(3):
        for root, measured in rounds.items():
            command = [sys.executable, "-m", "tests.benchmarks.window", "measure"]  # each its own: modules move
            said = subprocess.run(
                command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, check=True
            )
            measured.append(json.loads(said.stdout))
    there, here = rounds.values()
    for name in here[0]:
        before, now = (statistics.median(held[name] for held in measured) for measured in (there, here))
        print(f"{name:28}{before:8.0f} ms{now:8.0f} ms{now / before:8.0%}")


def startup() -> float:
    """Seconds from the command to the first frame drawn."""
    before = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", STARTUP], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return time.perf_counter() - before


def _switch(window: Window) -> float:
    """To the other theme and back, until all is painted; the first of each prepares what is kept for later ones."""
    held = []
    for theme in (DARK, LIGHT) * 5:
        _wait(0.1)
        window.runner.blockSignals(True)  # no later moment of the run is drawn meanwhile
        before = time.thread_time()
        window.show_theme(theme)
        QCoreApplication.processEvents()
        held.append(1000 * (time.thread_time() - before))
        window.runner.blockSignals(False)
    return statistics.median(held[2:])


def _undo(window: Window) -> float:
    """All edits, as fast as keys can be pressed; the frames of what comes of them are drawn later."""
    for path, value in EDITS:
        window.document.set(path, value, "edit")
    _wait(0.5)
    before = time.thread_time()
    for _ in EDITS:
        window.document.undo_stack.undo()
    held = 1000 * (time.thread_time() - before)
    _wait(0.5)
    return held


def _window() -> Window:
    """The real window, with settings of its own."""
    sys.setswitchinterval(1e-4)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    application.setApplicationName("playground-benchmark")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp())
    QSettings().setValue("speed", "full")
    window = Window(Session(Config()), LIGHT)
    window.resize(1280, 800)
    window.show()
    return window


def _open_all(window: Window) -> None:
    """Every view in a window of its own, so that all are seen."""
    for kind, _ in LABORATORY:
        window.docks[kind.name].show()
        window.docks.bring_up(kind.name)  # it is made when it is first seen
        _wait(0.2)
        window.docks[kind.name].setFloating(True)
        _wait(0.2)


def _close(window: Window) -> None:
    window.files.keep()
    window.close()


def _wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def main() -> None:
    times = sorted(startup() for _ in range(5))
    print(f"from the command to the first frame: {times[2]:.2f} s (median of 5, to reach 1.50)", flush=True)
    window = _window()
    print(f"{'network':24}{'epochs/s':>10}{'alone':>8}{'share':>8}{'frames/s':>10}{'p50':>7}{'p99':>7}{'worst':>7} ms")
    for name, config in configs().items():
        before = alone(config)
        epochs, frames, delays = play(window, config)
        bare = (before + alone(config)) / 2
        p50, p99 = np.percentile(delays, [50, 99])
        print(
            f"{name:24}{epochs:10,.0f}{bare:8,.0f}{epochs / bare:8.0%}{frames:10.1f}{p50:7.1f}{p99:7.1f}{max(delays):7.1f}",
            flush=True,
        )
    print("to reach: share 50 %, 30 frames/s, p99 16 ms", flush=True)
    _open_all(window)
    epochs, frames, delays = play(window, Config())
    p50, p99 = np.percentile(delays, [50, 99])
    print(f"{'all views open':24}{epochs:10,.0f}{'':16}{frames:10.1f}{p50:7.1f}{p99:7.1f}{max(delays):7.1f}")
    print("to reach: 20 frames/s, p99 33 ms")
    _close(window)


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["gestures"]:
            for name, held in gestures().items():
                print(f"{name:28}{held:8.0f} ms")
        case ["gestures", checkout]:
            compare(Path(checkout).resolve())
        case ["measure"]:  # of another checkout
            print(json.dumps(gestures()))
