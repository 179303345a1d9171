"""The window's end of the training thread: commands go down, frames and facts come up."""

from __future__ import annotations

import sys
import time
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from playground.experiment.config import Config, Impact, impact
from playground.experiment.looks.look import Requests
from playground.experiment.run.session import Session
from playground.experiment.selection import Selection
from playground.ui.workspace.operations import Operation
from playground.ui.workspace.training_thread import Facts, TrainingThread

LOOK = 100  # milliseconds between two looks at what the thread is at
SOON = 0.3  # seconds within which nobody needs to be told what lasts
LINGER = 1.0  # seconds for which that is still said, while things follow each other of which each may last
PATIENCE = 30_000  # milliseconds for the thread to end, which has been told to drop what it is at


class Runner(Facts):
    """Runs a session in a thread. Every method returns at once; what comes of it is told by signals in this thread.

    `frame_ready` is emitted with the trainer held at a gate, so what its slots draw is not slowed down; the next frame
    is made only after they are done. `busy_changed` names what the thread has been at for so long that it is to be said,
    "" for nothing; `call_off` ends it.
    """

    frame_ready = Signal(object)
    busy_changed = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running = False
        self._busy, self._busy_at = "", 0.0
        self._sent = session.config
        self._edits = 0
        self._loading = 0  # sessions that the thread has not begun with yet
        self._first_run = 0  # of the session that the thread has
        self.ended = False
        self._thread = TrainingThread(session, self)
        self._thread.posted.connect(self._collect)
        self.running_changed.connect(self._follow_running)
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

    def load(self, session: Session) -> None:
        """Go on with another session, paused; the caller must not touch it any more. Frames of the one before are dropped."""
        self._loading += 1
        self._sent = session.config
        self._thread.post(partial(self._thread.load, session, self._follow_loaded))

    def do(self, operation: Operation) -> None:
        """Have something done with the session as it is then."""
        self._thread.post(partial(self._thread.do, operation), operation.urgent)

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

    def _follow_running(self, running: bool) -> None:
        self._running = running

    def _follow_loaded(self, run: int) -> None:
        self._loading -= 1
        self._first_run = run

    def _collect(self) -> None:
        """Hand out what the thread has put into its letter box."""
        while self._thread.events:
            call = self._thread.events.pop(0)
            try:
                call()
            except Exception:  # the others, and the frame, must not wait for it
                sys.excepthook(*sys.exc_info())
        frame = self._thread.frame
        if frame is not None:
            self._thread.gate.clear()
            try:
                if not self._loading and frame.run >= self._first_run:
                    self.frame_ready.emit(frame)
            finally:
                self._thread.frame = None
                self._thread.gate.set()
