"""How fast the real window trains, how often it draws, and how late its event loop gets.

Run ``python -m tests.benchmarks.window`` with a display (Xvfb will do). Each network plays for ten seconds; the speed
without a window is measured before and after, in the same process. Delays are those of a precise 5 ms timer.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time

import numpy as np
from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.session import Session
from playground.nn.activations import Tanh
from playground.options import with_value
from playground.ui.laboratory import LABORATORY
from playground.ui.run_bar import RunBar
from playground.ui.theme import LIGHT
from playground.ui.window import Window

SECONDS = 10.0
ALONE = 3.0
TICK = 5  # milliseconds
DEEP_INPUTS = ("x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2")

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
    window.load(Session(config))
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


def startup() -> float:
    """Seconds from the command to the first frame drawn."""
    before = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", STARTUP], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return time.perf_counter() - before


def _wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def main() -> None:
    times = sorted(startup() for _ in range(5))
    print(f"from the command to the first frame: {times[2]:.2f} s (median of 5, to reach 1.50)", flush=True)
    sys.setswitchinterval(1e-4)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("playground-benchmark")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp())
    window = Window(Session(Config()), LIGHT)
    window.findChild(RunBar).choose_speed(None)
    window.resize(1280, 800)
    window.show()
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
    for kind, _ in LABORATORY:  # each in a window of its own, so that all are seen
        window.docks[kind.name].setFloating(True)
        window.docks[kind.name].show()
        _wait(0.2)
    epochs, frames, delays = play(window, Config())
    p50, p99 = np.percentile(delays, [50, 99])
    print(f"{'all views open':24}{epochs:10,.0f}{'':16}{frames:10.1f}{p50:7.1f}{p99:7.1f}{max(delays):7.1f}")
    print("to reach: 20 frames/s, p99 33 ms")
    window.files.keep()
    window.close()


if __name__ == "__main__":
    main()
