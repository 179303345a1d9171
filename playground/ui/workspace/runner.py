"""The window's end of the training thread: commands go down, frames and facts come up."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from playground.experiment.config import Config, Impact, impact
from playground.experiment.looks.look import Requests
from playground.experiment.run.session import Session
from playground.experiment.selection import Selection
from playground.ui.workspace.training_thread import TrainingThread

LOOK = 100  # milliseconds between two looks at what the thread is at
SOON = 0.3  # seconds within which nobody needs to be told what lasts
LINGER = 1.0  # seconds for which that is still said, while things follow each other of which each may last
PATIENCE = 30_000  # milliseconds for the thread to end, which has been told to drop what it is at


class Runner(QObject):
    """Runs a session in a thread. Every method returns at once; what comes of it is told by signals in this thread.

    `frame_ready` is emitted with the trainer held at a gate, so what its slots draw is not slowed down; the next frame
    is made only after they are done. `busy_changed` names what the thread has been at for so long that it is to be said,
    "" for nothing; `call_off` ends it. `refused(revision, sentence, config, kept)` follows a revision that the session
    would not come to; it goes on with this config, at the revision that it kept. `loaded(run)` says which run another
    session begins with; `restarted` follows a revision that made the run start again, `resumed` one that brought a run
    back which had been left, and `lost` one whose run is kept no longer. `weight_refused(place, value, sentence)`
    follows a weight that could not be set. `data_ready(config, dataset)` follows `request_data`, `remembered(what it is called,
    moment)` follows `remember`.
    """

    frame_ready = Signal(object)
    running_changed = Signal(bool)
    busy_changed = Signal(str)
    loaded = Signal(int)
    restarted = Signal()
    resumed = Signal()
    lost = Signal()
    refused = Signal(int, str, object, object)
    weight_refused = Signal(object, float, str)
    saved = Signal(object)
    exported = Signal(object)
    data_ready = Signal(object, object)
    remembered = Signal(object, object)
    failed = Signal(str, str)  # a sentence, and details for a report

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running = False
        self._busy, self._busy_at = "", 0.0
        self._sent = session.config
        self._edits = 0
        self._loading = 0  # sessions that the thread has not begun with yet
        self._first_run = 0  # of the session that the thread has
        self.ended = False
        self._thread = TrainingThread(session)
        self._thread.posted.connect(self._collect)
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK)
        self._clock.timeout.connect(self._look)
        self._clock.start()
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._running

    @property
    def busy(self) -> str:
        """What has been going on for so long that it is to be said; "" for nothing."""
        return self._busy

    def call_off(self) -> None:
        """Drop what the thread is at, which is then as if it had never begun, and pause."""
        work = self._thread.work
        if work is not None:
            work.called_off = True
        self.pause()

    def play(self) -> None:
        self._thread.post(self._thread.play)

    def pause(self) -> None:
        self._thread.post(self._thread.pause)

    def step(self) -> None:
        """Pause, and train one mini-batch."""
        self._thread.post(partial(self._thread.train, "mini-batch"))

    def epoch(self) -> None:
        """Pause, and train to the end of the epoch, a whole one if it has not begun; a pause ends that."""
        self._thread.post(partial(self._thread.train, "epoch"))

    def go_back(self) -> None:
        """After a divergence, return to the last good weights."""
        self._thread.post(self._thread.go_back)

    def apply(self, config: Config, revision: int, afresh: bool = False) -> None:
        """Come to a revision of the document: of several that wait only the last counts.

        At one that has been there before, its run goes on where it was left. With `afresh` it begins anew.
        """
        self._edits += 1
        self._thread.wanted = self._edits
        urgent = afresh or impact(self._sent, config) != Impact.NONE
        self._sent = config
        self._thread.post(partial(self._thread.apply, config, revision, afresh, self._edits), urgent)

    def select(self, selection: Selection) -> None:
        """Look closely at this from now on."""
        self._thread.post(partial(self._thread.select, selection), urgent=False)

    def set_weight(self, layer: int, unit: int, input: int, value: float) -> None:
        """Set a weight of the member that is shown."""
        self._thread.post(partial(self._thread.set_weight, layer, unit, input, value))

    def load(self, session: Session) -> None:
        """Go on with another session, paused; the caller must not touch it any more. Frames of the one before are dropped."""
        self._loading += 1
        self._sent = session.config
        self._thread.post(partial(self._thread.load, session))

    def save(self, path: Path) -> None:
        """Write a snapshot of this moment."""
        self._thread.post(partial(self._thread.save, path))

    def remember(self, known: object) -> None:
        """Ask for this moment of the run, unless it is `known`, which is what `remembered` has called an earlier one."""
        self._thread.post(partial(self._thread.remember, known), urgent=False)

    def export(self, path: Path, write: Callable[[Session, Path], None]) -> None:
        """Write something of this moment."""
        self._thread.post(partial(self._thread.export, path, write))

    def request_data(self) -> None:
        """Ask for the config and the data that are trained on; both are frozen."""
        self._thread.post(self._thread.request_data)

    def limit(self, steps_per_second: float | None) -> None:
        """Train no faster than this; None is as fast as can be."""
        self._thread.post(partial(self._thread.limit, steps_per_second))

    def observe(self, requests: Requests) -> None:
        """From now on frames hold these looks."""
        self._thread.post(partial(self._thread.observe, requests), urgent=False)

    def stop(self) -> bool:
        """End the thread, which drops what it is at but writes what it was told to, and wait for it; whether it has ended.

        Nothing is emitted any more.
        """
        self._clock.stop()
        self._thread.posted.disconnect(self._collect)
        self._thread.ending = True
        self._thread.post(self._thread.finish)
        self._thread.gate.set()
        self.ended = self._thread.wait(PATIENCE)
        return self.ended

    def _look(self) -> None:
        """Say what lasts."""
        now = time.perf_counter()
        going_on = [work for work in (self._thread.work, self._thread.errand) if work is not None]
        lasting = [work.name for work in going_on if now - work.began > SOON]
        if lasting:
            busy, self._busy_at = lasting[0], now
        else:
            busy = self._busy if going_on and now - self._busy_at < LINGER else ""
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)

    def _collect(self) -> None:
        """Hand out what the thread has put into its letter box."""
        while self._thread.events:
            kind, arguments = self._thread.events.pop(0)
            if kind == "running_changed":
                [self._running] = arguments
            elif kind == "loaded":
                self._loading -= 1
                [self._first_run] = arguments
            getattr(self, kind).emit(*arguments)
        frame = self._thread.frame
        if frame is not None:
            self._thread.gate.clear()
            try:
                if not self._loading and frame.run >= self._first_run:
                    self.frame_ready.emit(frame)
            finally:
                self._thread.frame = None
                self._thread.gate.set()
