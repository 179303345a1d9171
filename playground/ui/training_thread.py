"""The training thread: does what its letter box asks for, trains, and leaves frames and facts in two others. Draws nothing."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QThread, Signal

from playground.data.dataset import DataError, Dataset
from playground.exchange.snapshot import Moment, SnapshotError, save_snapshot
from playground.exchange.tables import layer_names, write_history
from playground.experiment.config import Config, ConfigError, Impact, impact
from playground.experiment.frame import NEEDS, Frame
from playground.experiment.session import Session
from playground.experiment.state import State

SLICE = 0.0015  # seconds of training between two looks at the letter box
FRAME_GAP = 1 / 32  # seconds between frames at the least
FRAME_SHARE = 4  # a frame may take at most one part in this many of the thread's time
KEPT_RUNS = 8  # that an edit has ended and its undoing brings back
GATE_PATIENCE = 0.05  # seconds the trainer waits for a window that is painting, at the most

Command = Callable[[], None]


class TrainingThread(QThread):
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
        self._by_hand = 0  # weights that were set so
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
            self._by_hand += 1
        except IndexError:
            self._tell("failed", "That weight is no longer there: the network has changed.", "")
        except ValueError as error:
            self._tell("failed", f"{error}.".capitalize(), "")
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

    def remember(self, known: object) -> None:
        session = self._session
        now = (session.run, session.step_count, session.config, self._by_hand)
        if now != known:
            self._tell("remembered", now, Moment.of(session))

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
