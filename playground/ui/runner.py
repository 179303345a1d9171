"""The training thread and its two letter boxes: commands go down, frames come up. The only file that trains in a thread."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from playground.data.dataset import DataError, Dataset
from playground.exchange.snapshot import SnapshotError, save_snapshot
from playground.exchange.tables import layer_names, write_history
from playground.experiment.config import Config, ConfigError, Impact, impact
from playground.experiment.frame import NEEDS, Frame
from playground.experiment.session import Session
from playground.experiment.state import State

SLICE = 0.0015  # seconds of training between two looks at the letter box
FRAME_GAP = 1 / 32  # seconds between frames at the least
FRAME_SHARE = 4  # a frame may take at most one part in this many of the thread's time
KEPT_RUNS = 8  # that an edit has ended and its undoing brings back
BACK_UP_BYTES = 10_000_000  # of examples, which take about a tenth of a second to write
GATE_PATIENCE = 0.05  # seconds the trainer waits for a window that is painting, at the most

Command = Callable[[], None]


class Runner(QObject):
    """Runs a session in a thread. Every method returns at once; what comes of it is told by signals in this thread.

    `frame_ready` is emitted with the trainer held at a gate, so what its slots draw is not slowed down; the next frame
    is made only after they are done. `refused(config, sentence, kept)` follows a config that the session would not take;
    it goes on with the one it kept. `loaded(run)` says which run another session begins with; `restarted` follows a config
    that made the run start again, `resumed` one whose undoing brought a run back that had been left. `lent(config,
    dataset)` follows `lend`.
    """

    frame_ready = Signal(object)
    running_changed = Signal(bool)
    loaded = Signal(int)
    restarted = Signal()
    resumed = Signal()
    refused = Signal(object, str, object)
    saved = Signal(object)
    exported = Signal(object)
    lent = Signal(object, object)
    failed = Signal(str, str)  # a sentence, and details for a report

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running = False
        self._thread = _TrainingThread(session)
        self._thread.posted.connect(self._collect)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._running

    def play(self) -> None:
        self._thread.post(self._thread.play)

    def pause(self) -> None:
        self._thread.post(self._thread.pause)

    def step(self) -> None:
        """Pause, and train one mini-batch."""
        self._thread.post(partial(self._thread.train, "mini-batch"))

    def epoch(self) -> None:
        """Pause, and train to the end of the epoch, a whole one if it has not begun."""
        self._thread.post(partial(self._thread.train, "epoch"))

    def restart(self) -> None:
        """The same run again from its start."""
        self._thread.post(self._thread.restart)

    def go_back(self) -> None:
        """After a divergence, return to the last good weights."""
        self._thread.post(self._thread.go_back)

    def apply(self, config: Config, back: bool = False) -> None:
        """Take a changed config; of several that wait only the last counts.

        With `back`, a run that an edit of this config has ended goes on where it was left.
        """
        self._thread.wanted = config
        self._thread.post(partial(self._thread.apply, config, back))

    def set_weight(self, layer: int, unit: int, input: int, value: float) -> None:
        """Set a weight of the member that is shown."""
        self._thread.post(partial(self._thread.set_weight, layer, unit, input, value))

    def load(self, session: Session) -> None:
        """Go on with another session, paused; the caller must not touch it any more."""
        self._thread.post(partial(self._thread.load, session))

    def save(self, path: Path) -> None:
        """Write a snapshot of this moment."""
        self._thread.post(partial(self._thread.save, path))

    def back_up(self, path: Path) -> None:
        """Write a snapshot without a word, unless the data are so large that training would stumble."""
        self._thread.post(partial(self._thread.back_up, path))

    def export_history(self, path: Path) -> None:
        """Write the whole history as a table."""
        self._thread.post(partial(self._thread.export_history, path))

    def lend(self) -> None:
        """Ask for the config and the data that are trained on; both are frozen."""
        self._thread.post(self._thread.lend)

    def limit(self, steps_per_second: float | None) -> None:
        """Train no faster than this; None is as fast as can be."""
        self._thread.post(partial(self._thread.limit, steps_per_second))

    def need(self, needs: frozenset[str]) -> None:
        """From now on frames hold these parts."""
        self._thread.post(partial(self._thread.need, needs))

    def stop(self) -> None:
        """End the thread and wait for it; nothing is emitted any more."""
        self._thread.posted.disconnect(self._collect)
        self._thread.post(self._thread.finish)
        self._thread.gate.set()
        self._thread.wait(5000)

    def _collect(self) -> None:
        """Hand out what the thread has put into its letter box."""
        while self._thread.events:
            kind, arguments = self._thread.events.pop(0)
            if kind == "running_changed":
                [self._running] = arguments
            getattr(self, kind).emit(*arguments)
        frame = self._thread.frame
        if frame is not None:
            self._thread.gate.clear()
            try:
                self.frame_ready.emit(frame)
            finally:
                self._thread.frame = None
                self._thread.gate.set()


class _TrainingThread(QThread):
    """The loop. `posted` says that there is something in `events` or `frame`; both are emptied by the window's thread."""

    posted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.wanted: Config | None = None  # the config that was sent last
        self._left: dict[Config, tuple[Dataset, State]] = {}  # runs that an edit has ended, for its undoing
        self.events: list[tuple[str, tuple[Any, ...]]] = []  # the runner's signals, and what they carry
        self.frame: Frame | None = None
        self.gate = threading.Event()
        self.gate.set()
        self._session = session
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._needs = NEEDS
        self._playing = False
        self._finished = False
        self._stale = True  # something has changed since the last frame
        self._next_frame = 0.0
        self._steps_per_second: float | None = None
        self._allowance = 0.0  # steps that a limited speed has not used yet
        self._allowed_at = 0.0

    def post(self, command: Command) -> None:
        self._commands.put(command)

    # Commands, carried out in this thread

    def play(self) -> None:
        if not self._session.over:
            self._allowed_at = time.perf_counter()
            self._set_playing(True)
        self._stale = True

    def pause(self) -> None:
        self._set_playing(False)
        self._stale = True

    def train(self, what: str) -> None:
        self._set_playing(False)
        if what == "epoch":
            self._session.train(1)
        else:
            self._session.step(1)
        self._stale = True

    def restart(self) -> None:
        self._session.restart()
        self._stale = True

    def go_back(self) -> None:
        self._session.go_back()
        self._stale = True

    def apply(self, config: Config, back: bool) -> None:
        if config is not self.wanted:
            return
        left = self._session
        try:
            if back and config in self._left:
                dataset, state = self._left.pop(config)
                self._session = Session.from_state(config, dataset, state)
                self._session.run = left.run + 1
                self._left[left.config] = left.dataset, left.state()
                self._tell("resumed")
            elif impact(left.config, config) >= Impact.TRAINING:
                before, moment = left.config, (left.dataset, left.state())
                if left.apply(config) >= Impact.NETWORK:
                    self._left[before] = moment
                    for oldest in list(self._left)[:-KEPT_RUNS]:
                        del self._left[oldest]
                    self._tell("restarted")
            else:
                left.apply(config)
            self._left.pop(config, None)  # from now on this run is the one of the config
        except (ConfigError, DataError) as error:
            self._tell("refused", config, str(error), self._session.config)
        self._stale = True

    def set_weight(self, layer: int, unit: int, input: int, value: float) -> None:
        try:
            self._session.set_weight(layer, unit, input, value, self._session.member)
        except IndexError:
            self._tell("failed", "That weight is no longer there: the network has changed.", "")
        self._stale = True

    def load(self, session: Session) -> None:
        self._set_playing(False)
        session.run = self._session.run + 1
        self._session = session
        self._tell("loaded", session.run)
        self._left.clear()
        self._stale = True

    def save(self, path: Path) -> None:
        self._write("saved", path, partial(save_snapshot, self._session, path))

    def back_up(self, path: Path) -> None:
        if self._session.dataset.X.nbytes <= BACK_UP_BYTES:
            try:
                save_snapshot(self._session, path)
            except SnapshotError as error:
                self._tell("failed", f"No copy for a restart after a crash could be kept: {error}.", "")

    def export_history(self, path: Path) -> None:
        layers = len(self._session.network.units)
        self._write("exported", path, partial(write_history, self._session.history, path, layer_names(layers)))

    def lend(self) -> None:
        self._tell("lent", self._session.config, self._session.dataset)

    def _write(self, kind: str, path: Path, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self._tell("failed", f"{path.name} could not be written: {error.strerror or error}.", "")
        except SnapshotError as error:
            self._tell("failed", str(error), "")
        else:
            self._tell(kind, path)

    def limit(self, steps_per_second: float | None) -> None:
        self._steps_per_second = steps_per_second
        self._allowance = 0.0
        self._allowed_at = time.perf_counter()

    def need(self, needs: frozenset[str]) -> None:
        if needs != self._needs:
            self._needs = needs
            self._stale = True

    def finish(self) -> None:
        self._finished = True

    # The loop

    def _obey(self) -> None:
        """Carry out what waits; with nothing to train and nothing to show, wait for it."""
        waiting_for_window = self._stale and self.frame is not None
        idle = not self._playing and (not self._stale or waiting_for_window)
        try:
            self._commands.get(
                timeout=0.01 if waiting_for_window else None
            )() if idle else self._commands.get_nowait()()
            while not self._finished:
                self._commands.get_nowait()()
        except queue.Empty:
            return

    def _advance(self) -> None:
        self.gate.wait(GATE_PATIENCE)
        if self._steps_per_second is None:
            self._session.advance(SLICE)
        else:
            self._advance_slowly(self._steps_per_second)
        self._stale = True
        if self._session.over:
            self._set_playing(False)

    def _advance_slowly(self, steps_per_second: float) -> None:
        now = time.perf_counter()
        # A limit beyond what the machine can do must not save up steps for later.
        self._allowance = min(
            self._allowance + (now - self._allowed_at) * steps_per_second, max(1.0, steps_per_second / 30)
        )
        self._allowed_at = now
        if self._allowance >= 1.0:
            self._session.step(int(self._allowance))
            self._allowance -= int(self._allowance)
        else:
            time.sleep(min((1.0 - self._allowance) / steps_per_second, 0.02))

    def _publish(self) -> None:
        """Put a frame into the letter box when the last one has been drawn and it is time for another."""
        now = time.perf_counter()
        if not self._stale or self.frame is not None or (self._playing and now < self._next_frame):
            return
        self.frame = self._session.frame(self._needs)
        cost = time.perf_counter() - now
        self._next_frame = now + max(FRAME_GAP, FRAME_SHARE * cost)
        self._stale = False
        self.posted.emit()

    def _set_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self._tell("running_changed", playing)

    def _tell(self, kind: str, *arguments: Any) -> None:
        self.events.append((kind, arguments))
        self.posted.emit()

    # Qt overrides

    def run(self) -> None:
        while not self._finished:
            try:
                self._obey()
                if self._playing and not self._finished:
                    self._advance()
                self._publish()
            except Exception as error:
                # Whatever it is, the window must live on and say so; the run pauses where it was.
                self._set_playing(False)
                self._stale = False
                self._tell("failed", f"Training stopped on an unexpected error: {error}", traceback.format_exc())
